import Storage

/// A batch is paid out to the end, of what Policy has reserved for it, and no turn pays more of its
/// payouts than a turn has.
struct BatchCheck {
    /// The greatest number of payouts in one turn of the simulated services.
    static let payoutsPerTurn = 2

    static let tables: Set<String> = ["payout", "batch"]

    /// What the paid batches are of, by the beginning of their authorizations' identifiers.
    private var paid: [String: (id: String, amount: Int64, count: Int64)] = [:]

    /// What Policy has reserved, in the same way.
    private var reserved: [String: (amount: Int64, count: Int64)] = [:]

    /// The last entry that was looked at.
    private var lastEntry: Int64 = 0

    /// No entry pays more payouts than one turn has, with their referrals.
    mutating func check(
        _ transaction: borrowing Transaction,
        _ findings: inout [String]
    ) throws(StorageError) {
        let entries = try transaction.rows(
            """
            SELECT sequence, (SELECT count(*) FROM payout WHERE entry_sequence = sequence)
            FROM journal_entry
            WHERE sequence > \(lastEntry) AND kind IN ('batch', 'batch_part', 'claim_return')
            ORDER BY sequence
            """
        ) { row in (row.integer(0), row.integer(1)) }
        for (sequence, count) in entries {
            lastEntry = sequence
            if count > 2 * Self.payoutsPerTurn {
                findings.append("entry \(sequence) is of \(count) payouts, more than one turn has")
            }
        }
    }

    /// In the end no batch is being decided about or paid out.
    mutating func checkEnd(
        _ transaction: borrowing Transaction,
        _ findings: inout [String]
    ) throws(StorageError) {
        let open = try transaction.rows(
            """
            SELECT id FROM batch WHERE is_submitting = 1 OR paid_through IS NOT NULL
                OR status IN ('open', 'closed') AND EXISTS (SELECT 1 FROM payout
                    WHERE batch_number = batch.number AND payout.status = 'draft')
            """
        ) { row in row.text(0) }
        if let first = open.first { findings.append("the batch \(first) was never paid out") }
        let rows = try transaction.rows(
            """
            SELECT batch.id, attempt, sum(amount_minor) + coalesce(sum(referral_minor), 0),
                count(*) + count(referral_minor)
            FROM batch JOIN payout ON batch_number = batch.number AND referral_of IS NULL
            WHERE batch.status IN ('open', 'closed') GROUP BY batch.number
            """
        ) { row in (row.text(0), row.integer(1), row.integer(2), row.integer(3)) }
        for (id, attempt, amount, count) in rows {
            paid["tx_batch_\(id.filter { $0 != "-" })_\(attempt)"] = (id, amount, count)
        }
    }

    /// Reads what Policy has reserved for batches.
    mutating func readReserved(
        _ transaction: borrowing Transaction
    ) throws(StorageError) {
        let rows = try transaction.rows(
            """
            SELECT id, amount_minor FROM authorization
            WHERE state = 'reserved' AND id >= 'tx_batch_' AND id < 'tx_batch`'
            """
        ) { row in (row.text(0), row.integer(1)) }
        for (id, amount) in rows {
            let end = id.lastIndex(of: "_") ?? id.endIndex
            let known = reserved[String(id[..<end])] ?? (0, 0)
            reserved[String(id[..<end])] = (known.amount + amount, known.count + 1)
        }
    }

    /// What Policy has reserved for batches is what was paid, and nothing else.
    func compare(_ findings: inout [String]) {
        for (prefix, batch) in paid.sorted(by: { $0.key < $1.key }) {
            let found = reserved[prefix]
            if found?.amount != batch.amount || found?.count != batch.count {
                findings.append("batch \(batch.id) is paid, and something else is reserved for it")
            }
        }
        if let first = reserved.keys.filter({ paid[$0] == nil }).min() {
            findings.append("\(first) is reserved, and no batch is paid for it")
        }
    }
}
