import Contracts
import Ledger
import Storage

/// What Settlement's database says: the ledger, and the payments beside it.
struct SettlementAudit {
    var ledger: LedgerReport
    var payments: [AuditedPayment]
    var wallets: [String]
    var check: AuditCheck
    var outbox: WaitingMessages

    /// Reads one snapshot of the database.
    init(
        in transaction: borrowing Transaction,
        progress: (Int64) -> Void
    ) throws(StorageError) {
        ledger = try LedgerVerifier.verify(in: transaction, progress: progress)
        payments = try AuditedPayment.all(in: transaction)
        wallets = try transaction.rows("SELECT id FROM wallet ORDER BY number") { $0.text(0) }
        outbox = try WaitingMessages(in: transaction)
        check = AuditCheck(
            "payments_and_entries",
            "every confirmed payment and deposit has its journal entry, and every entry is of one"
        )
        check.examined = Int(ledger.entryCount)
        try comparePayments(in: transaction)
        try compareDeposits(in: transaction)
        try compareEscrows(in: transaction)
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
    }

    private mutating func comparePayments(
        in transaction: borrowing Transaction
    ) throws(StorageError) {
        let different = try transaction.rows(
            """
            SELECT payment.id FROM payment
            LEFT JOIN journal_entry ON journal_entry.sequence = payment.entry_sequence
            WHERE payment.status = 'confirmed'
                AND (journal_entry.sequence IS NULL OR journal_entry.reference <> payment.id
                    OR journal_entry.kind <> payment.type
                    OR (SELECT sum(amount_minor) FROM posting
                        WHERE entry_sequence = payment.entry_sequence AND amount_minor > 0)
                        IS NOT payment.amount_minor)
            ORDER BY payment.number
            """
        ) { $0.text(0) }
        for id in different { check.find("\(id) is confirmed, but its entry does not say so") }
        let orphans = try transaction.rows(
            """
            SELECT journal_entry.sequence, journal_entry.reference FROM journal_entry
            LEFT JOIN payment ON payment.id = journal_entry.reference
            WHERE journal_entry.kind <> 'deposit'
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
        let different = try transaction.rows(
            """
            SELECT deposit.entry_sequence FROM deposit
            LEFT JOIN journal_entry ON journal_entry.sequence = deposit.entry_sequence
            WHERE journal_entry.kind IS NOT 'deposit'
                OR journal_entry.reference <> deposit.reference
                OR (SELECT sum(amount_minor) FROM posting
                    WHERE entry_sequence = deposit.entry_sequence AND amount_minor > 0)
                    IS NOT deposit.amount_minor
            ORDER BY deposit.entry_sequence
            """
        ) { $0.integer(0) }
        for sequence in different {
            check.find("the deposit of entry \(sequence) does not match it")
        }
        let orphans = try transaction.rows(
            """
            SELECT sequence FROM journal_entry
            WHERE kind = 'deposit' AND sequence NOT IN (SELECT entry_sequence FROM deposit)
            ORDER BY sequence
            """
        ) { $0.integer(0) }
        for sequence in orphans {
            check.find("entry \(sequence) is of a deposit that is not there")
        }
    }
}
