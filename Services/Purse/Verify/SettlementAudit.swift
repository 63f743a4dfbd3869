import Contracts
import Crypto
import Ledger
import Storage

/// What Settlement's database says: the ledger, and the payments beside it.
struct SettlementAudit {
    var ledger: LedgerReport
    var payments: [AuditedPayment]
    var wallets: [String]

    /// The payments into escrows whose money went back, all of it.
    var refunded: Set<String>
    var check: AuditCheck
    var signatures: AuditCheck
    var batches: BatchAudit
    var outbox: WaitingMessages

    /// Reads one snapshot of the database.
    ///
    /// `anchors` must be links of the chain; `publicKey` is the master key's, where it can be read.
    init(
        in transaction: borrowing Transaction,
        anchors: [LedgerAnchor],
        publicKey: [UInt8]?,
        progress: (Int64) -> Void
    ) throws(StorageError) {
        ledger = try LedgerVerifier.verify(
            in: transaction,
            anchors: anchors,
            publicKey: publicKey,
            progress: progress
        )
        signatures = AuditCheck(
            "payments_and_signatures",
            "every signature that a payment shows is the platform's, of its journal entry"
        )
        payments = try AuditedPayment.all(in: transaction)
        wallets = try transaction.rows("SELECT id FROM wallet ORDER BY number") { $0.text(0) }
        refunded = Set(
            try transaction.rows(
                "SELECT escrow_id FROM escrow_account WHERE receiver_minor = 0"
            ) { "tx_" + $0.text(0).dropFirst("escrow_".count) }
        )
        outbox = try WaitingMessages(in: transaction)
        var check = AuditCheck(
            "payments_and_entries",
            "every confirmed payment and deposit has its journal entry, and every entry belongs to"
                + " one"
        )
        check.examined = Int(ledger.entryCount)
        batches = try BatchAudit(in: transaction, &check)
        self.check = check
        try comparePayments(in: transaction)
        try compareDeposits(in: transaction)
        try compareEscrows(in: transaction)
        let signer = try? LedgerHead.read(in: transaction).publicKey
        try compareSignatures(under: signer ?? publicKey, in: transaction)
        try OutsideAudit.compare(in: transaction, &self.check)
    }

    /// What was answered as a signature is one: also of the entries from before each was signed.
    private mutating func compareSignatures(
        under publicKey: [UInt8]?,
        in transaction: borrowing Transaction
    ) throws(StorageError) {
        var last: Int64 = 0
        while true {
            let rows = try transaction.rows(
                """
                SELECT payment.number, payment.id, payment.signature, hash, journal_entry.signature
                FROM payment JOIN journal_entry ON journal_entry.sequence = entry_sequence
                WHERE payment.number > \(last) AND payment.signature IS NOT NULL
                ORDER BY payment.number LIMIT 1000
                """
            ) { row in
                (
                    number: row.integer(0), id: row.text(1), shown: row.text(2), hash: row.blob(3),
                    signature: row.optionalBlob(4)
                )
            }
            guard let end = rows.last else { return }
            last = end.number
            for row in rows {
                signatures.examined += 1
                let shown = Base58.bytes(of: row.shown) ?? []
                // The ledger's own check has verified the entry's.
                let isRight =
                    if let signature = row.signature {
                        shown == signature
                    } else if let publicKey {
                        SigningKey.isValid(signature: shown, of: row.hash, publicKey: publicKey)
                    } else {
                        true
                    }
                if !isRight { signatures.find("\(row.id) shows a signature of something else") }
            }
        }
    }

    /// An escrow has all of its money until it ends, and then nothing.
    private mutating func compareEscrows(
        in transaction: borrowing Transaction
    ) throws(StorageError) {
        let different = try transaction.rows(
            """
            SELECT ledger_account.owner FROM ledger_account
            LEFT JOIN escrow_account ON escrow_account.account_id = ledger_account.id
            WHERE ledger_account.kind = 'escrow' AND ledger_account.posted_minor IS NOT
                iif(escrow_account.entry_sequence IS NULL, escrow_account.amount_minor, 0)
            ORDER BY ledger_account.owner
            """
        ) { $0.text(0) }
        for id in different { check.find("\(id) does not hold what it must") }
        let misled = try transaction.rows(
            """
            WITH moved AS (
                SELECT memo, sum(iif(type = 'escrow_release', amount_minor, 0)) AS released,
                    sum(iif(type = 'escrow_refund', amount_minor, 0)) AS refunded,
                    max(iif(type = 'escrow_release', recipient_wallet_id, NULL)) AS receiver,
                    max(iif(type = 'escrow_refund', recipient_wallet_id, NULL)) AS payer
                FROM payment WHERE type IN ('escrow_release', 'escrow_refund')
                    AND status = 'confirmed' GROUP BY memo
            )
            SELECT escrow_id FROM escrow_account LEFT JOIN moved ON moved.memo = escrow_id
            WHERE entry_sequence IS NOT NULL AND (coalesce(released, 0) <> receiver_minor
                OR coalesce(refunded, 0) <> amount_minor - receiver_minor
                OR receiver IS NOT receiver_wallet_id OR coalesce(payer, wallet_id) <> wallet_id)
            ORDER BY escrow_id
            """
        ) { $0.text(0) }
        for id in misled { check.find("\(id) did not go where it says") }
    }

    private mutating func comparePayments(
        in transaction: borrowing Transaction
    ) throws(StorageError) {
        let different = try transaction.rows(
            """
            SELECT payment.id FROM payment
            LEFT JOIN journal_entry ON journal_entry.sequence = payment.entry_sequence
            WHERE payment.status = 'confirmed' AND payment.type <> 'payout'
                AND (journal_entry.sequence IS NULL OR journal_entry.reference <> payment.id
                    OR journal_entry.kind <> payment.type
                    OR (SELECT sum(amount_minor) FROM posting
                        WHERE entry_sequence = payment.entry_sequence AND amount_minor > 0)
                        IS NOT payment.amount_minor + coalesce(payment.fee_minor, 0))
            ORDER BY payment.number
            """
        ) { $0.text(0) }
        for id in different { check.find("\(id) is confirmed, but its entry does not say so") }
        let reversed = try transaction.rows(
            """
            SELECT id FROM payment WHERE status = 'confirmed' AND type IN ('funding', 'defunding')
                AND NOT EXISTS (SELECT 1 FROM posting
                    JOIN ledger_account ON ledger_account.id = account_id
                    WHERE entry_sequence = payment.entry_sequence
                        AND ledger_account.kind = 'wallet' AND owner = payment.wallet_id
                        AND posting.amount_minor =
                            iif(type = 'funding', 1, -1) * payment.amount_minor)
            ORDER BY payment.number
            """
        ) { $0.text(0) }
        for id in reversed { check.find("\(id) moved something else than its wallet's money") }
        let orphans = try transaction.rows(
            """
            SELECT journal_entry.sequence, journal_entry.reference FROM journal_entry
            LEFT JOIN payment ON payment.id = journal_entry.reference
            WHERE journal_entry.kind
                NOT IN ('deposit', 'withdrawal', 'batch', 'batch_part', 'claim', 'claim_return')
                AND payment.entry_sequence IS NOT journal_entry.sequence
            ORDER BY journal_entry.sequence
            """
        ) { ($0.integer(0), $0.text(1)) }
        for (sequence, reference) in orphans {
            check.find("entry \(sequence) is of \(reference), which does not know it")
        }
    }

    private mutating func compareDeposits(
        in transaction: borrowing Transaction
    ) throws(StorageError) {
        for name in ["deposit", "withdrawal"] {
            // The names are constants; a table's cannot be bound.
            let moves: SQL = name == "deposit" ? "FROM deposit AS move" : "FROM withdrawal AS move"
            let different = try transaction.rows(
                "SELECT move.entry_sequence" + moves
                    + """
                    LEFT JOIN journal_entry ON journal_entry.sequence = move.entry_sequence
                    WHERE journal_entry.kind IS NOT \(name)
                        OR journal_entry.reference <> move.reference
                        OR (SELECT sum(amount_minor) FROM posting
                            WHERE entry_sequence = move.entry_sequence AND amount_minor > 0)
                            IS NOT move.amount_minor
                    ORDER BY move.entry_sequence
                    """
            ) { $0.integer(0) }
            for sequence in different {
                check.find("the \(name) of entry \(sequence) does not match it")
            }
            let known = "SELECT entry_sequence" + moves
            let orphans = try transaction.rows(
                "SELECT sequence FROM journal_entry WHERE kind = \(name) AND sequence NOT IN ("
                    + known + ") ORDER BY sequence"
            ) { $0.integer(0) }
            for sequence in orphans {
                check.find("entry \(sequence) is of a \(name) that is not there")
            }
        }
    }
}
