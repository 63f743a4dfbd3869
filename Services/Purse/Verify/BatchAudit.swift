import Storage

/// What Settlement's database says of batches of payouts.
struct BatchAudit {
    /// A batch whose money has left the reserve.
    struct Paid {
        var id: String
        var amount: Int64
        var count: Int64
    }

    /// The paid batches, by the beginning of their authorizations' identifiers.
    private(set) var paid: [String: Paid] = [:]

    /// The beginnings of those that Policy decides about, or whose reservation is being given back.
    private(set) var undecided: Set<String> = []

    /// The events of payouts that came into wallets.
    private(set) var events: Set<String> = []

    /// The events that payouts of submitted batches may have that were not let into a wallet.
    private(set) var blocked: Set<String> = []

    /// Reads the batches, and holds them against the ledger.
    init(
        in transaction: borrowing Transaction,
        _ check: inout AuditCheck
    ) throws(StorageError) {
        let rows = try transaction.rows(
            """
            SELECT batch.id, attempt, sum(amount_minor) + coalesce(sum(referral_minor), 0),
                count(*) + count(referral_minor)
            FROM batch JOIN payout ON batch_number = batch.number AND referral_of IS NULL
            WHERE batch.status IN ('open', 'closed') GROUP BY batch.number ORDER BY batch.number
            """
        ) { row in
            (
                prefix: "tx_batch_\(row.text(0).filter { $0 != "-" })_\(row.integer(1))",
                batch: Paid(id: row.text(0), amount: row.integer(2), count: row.integer(3))
            )
        }
        for row in rows { paid[row.prefix] = row.batch }
        undecided = Set(
            try transaction.rows(
                """
                SELECT id, attempt FROM batch
                WHERE is_submitting = 1 OR status = 'draft' AND EXISTS (
                    SELECT 1 FROM outbox WHERE type = 'policy.release-batch.v1')
                """
            ) { "tx_batch_\($0.text(0).filter { $0 != "-" })_\($0.integer(1))" }
        )
        events = Set(
            try transaction.rows("SELECT id FROM payout WHERE status = 'settled'") { row in
                "evt_payout_" + row.text(0).filter { $0 != "-" }
            }
        )
        blocked = Set(
            try transaction.rows("SELECT id FROM payout WHERE status <> 'draft'") { row in
                "evt_claim_" + row.text(0).filter { $0 != "-" }
            }
        )
        for words in try Self.differences(in: transaction) { check.find(words) }
        for words in try Self.leftOver(in: transaction) { check.find(words) }
        for words in try Self.unlisted(in: transaction) { check.find(words) }
    }

    /// Policy has reserved what each paid batch is of, and nothing for the others; `late` was read
    /// after Policy's records.
    func compare(_ policy: PolicyAudit, _ late: BatchAudit, _ check: inout AuditCheck) {
        var reserved: [String: (amount: Int128, count: Int64)] = [:]
        for (id, authorization) in policy.authorizations
        where id.hasPrefix("tx_batch_") && authorization.state == "reserved" {
            let end = id.lastIndex(of: "_") ?? id.endIndex
            let known = reserved[String(id[..<end])] ?? (0, 0)
            reserved[String(id[..<end])] = (
                known.amount + Int128(authorization.amount), known.count + 1
            )
        }
        for (prefix, batch) in paid.sorted(by: { $0.key < $1.key }) {
            check.examined += 1
            let found = reserved.removeValue(forKey: prefix)
            if policy.returning.contains(prefix) { continue }
            if found?.amount != Int128(batch.amount) || found?.count != batch.count {
                check.find("batch \(batch.id) is paid, and Policy has reserved something else")
            }
        }
        for prefix in reserved.keys.sorted()
        where late.paid[prefix] == nil && !late.undecided.contains(prefix)
            && !policy.returning.contains(prefix)
        {
            check.find("\(prefix) is reserved, and no batch is paid for it")
        }
    }

    /// What came into a wallet is among its payments, and nothing else is as a payout.
    private static func unlisted(
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [String] {
        let unlisted = try transaction.rows(
            """
            SELECT payout.id FROM payout
            LEFT JOIN payment ON payment.id = 'tx_payout_' || replace(payout.id, '-', '')
            WHERE payout.status = 'settled' AND (payment.type IS NOT 'payout'
                OR payment.status <> 'confirmed' OR payment.asset <> 'DZAR'
                OR payment.amount_minor <> payout.amount_minor
                OR payment.wallet_id <> payout.wallet_id
                OR payment.entry_sequence IS NOT payout.entry_sequence)
            ORDER BY payout.number
            """
        ) { "the payout \($0.text(0)) is settled, and its wallet's payments do not say so" }
        let unknown = try transaction.rows(
            """
            SELECT id FROM payment WHERE type = 'payout' AND id NOT IN (
                SELECT 'tx_payout_' || replace(payout.id, '-', '') FROM payout
                WHERE status = 'settled')
            ORDER BY number
            """
        ) { "\($0.text(0)) is of a payout that is not settled" }
        return unlisted + unknown
    }

    /// What is left to be paid out of open batches is in the accounts for it.
    private static func leftOver(
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [String] {
        // A state that an earlier version left has no such column before its first start.
        let isUpgraded = try transaction.exists(
            "SELECT 1 FROM pragma_table_info('batch') WHERE name = 'paid_through'"
        )
        guard isUpgraded else { return [] }
        return try transaction.rows(
            """
            SELECT owner FROM ledger_account
            WHERE kind = 'batch' AND posted_minor <> coalesce((
                SELECT sum(amount_minor) + coalesce(sum(referral_minor), 0)
                FROM batch JOIN payout ON batch_number = batch.number AND referral_of IS NULL
                WHERE batch.organisation_id = owner AND paid_through IS NOT NULL
                    AND payout.number > paid_through), 0)
            ORDER BY owner
            """
        ) { "the batches of \($0.text(0)) have another sum left to be paid out" }
    }

    private static func differences(
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [String] {
        let unpaid = try transaction.rows(
            """
            SELECT batch.id FROM batch
            LEFT JOIN journal_entry ON journal_entry.sequence = batch.entry_sequence
            WHERE batch.status IN ('open', 'closed') AND (journal_entry.kind IS NOT 'batch'
                OR journal_entry.reference <> batch.id
                OR (SELECT sum(amount_minor) FROM posting
                    WHERE posting.entry_sequence = batch.entry_sequence AND amount_minor > 0) IS NOT
                    (SELECT sum(amount_minor) + coalesce(sum(referral_minor), 0) FROM payout
                        WHERE batch_number = batch.number AND referral_of IS NULL))
            ORDER BY batch.number
            """
        ) { "batch \($0.text(0)) is paid, but its entry does not say so" }
        let sums = try transaction.rows(
            """
            WITH counted AS (
                SELECT batch_number,
                    sum(iif(status <> 'deleted', amount_minor, 0)) AS payments,
                    sum(iif(status = 'settled', amount_minor, 0)) AS settled,
                    sum(iif(status = 'cancelled', amount_minor, 0)) AS cancelled,
                    sum(status = 'settled') AS settled_count
                FROM payout WHERE referral_of IS NULL GROUP BY batch_number
            )
            SELECT batch.id FROM batch LEFT JOIN counted ON batch_number = batch.number
            WHERE payments_minor <> coalesce(payments, 0) OR settled_minor <> coalesce(settled, 0)
                OR cancelled_minor <> coalesce(cancelled, 0)
                OR batch.settled_count <> coalesce(counted.settled_count, 0)
            ORDER BY batch.number
            """
        ) { "batch \($0.text(0)) has sums that are not those of its payments" }
        let claims = try transaction.rows(
            """
            SELECT owner FROM ledger_account
            WHERE kind = 'claim' AND posted_minor <> coalesce((
                SELECT sum(amount_minor) FROM payout
                WHERE status = 'pending'
                    AND organisation_id = substr(owner, 1, instr(owner, ':') - 1)
                    AND phone = substr(owner, instr(owner, ':') + 1)), 0)
            ORDER BY owner
            """
        ) { "the claim \($0.text(0)) does not hold what waits for it" }
        let orphans = try transaction.rows(
            """
            SELECT sequence, kind FROM journal_entry
            WHERE kind = 'batch' AND sequence NOT IN (SELECT entry_sequence FROM batch
                    WHERE entry_sequence IS NOT NULL)
                OR kind = 'batch_part' AND NOT EXISTS (SELECT 1 FROM batch
                    WHERE id = reference AND status IN ('open', 'closed'))
                OR kind IN ('claim', 'claim_return') AND
                    (SELECT sum(amount_minor) FROM posting
                        WHERE posting.entry_sequence = sequence AND amount_minor > 0) IS NOT
                    (SELECT sum(amount_minor) FROM payout
                        WHERE payout.entry_sequence = sequence)
            ORDER BY sequence
            """
        ) { "entry \($0.integer(0)) is a \($0.text(1)) that no payment knows of" }
        return unpaid + sums + claims + orphans
    }
}
