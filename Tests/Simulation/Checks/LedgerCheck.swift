import Ledger
import Storage

/// Invariants 1 and 4: the sums of the ledger, and what is held.
struct LedgerCheck {
    static let tables: Set<String> = [
        "ledger_account", "journal_entry", "posting", "hold", "rail_attempt",
    ]

    /// What is posted to each account, recomputed entry by entry.
    private var posted: [Int64: Int64] = [:]
    private var lastEntry: Int64 = 0

    /// How each hold ended.
    private var endedHolds: [String: String] = [:]

    /// Looks at the entries that are new, and at all accounts.
    mutating func check(
        _ written: Set<String>,
        _ transaction: borrowing Transaction,
        _ findings: inout [String]
    ) throws(StorageError) {
        try checkEntries(transaction, &findings)
        var sums: [String: Int64] = [:]
        let accounts = try transaction.rows(
            "SELECT id, kind, asset, posted_minor, held_minor FROM ledger_account"
        ) { row in
            (row.integer(0), row.text(1), row.text(2), row.integer(3), row.integer(4))
        }
        for (id, kind, asset, amount, held) in accounts {
            sums[asset, default: 0] += amount
            if kind != "external", amount < held || held < 0 {
                findings.append("account \(id) (\(kind)) has \(amount), of which \(held) is held")
            }
            if posted[id, default: 0] != amount {
                findings.append("account \(id) has \(amount), its postings \(posted[id] ?? 0)")
            }
        }
        for (asset, sum) in sums.sorted(by: { $0.key < $1.key }) where sum != 0 {
            findings.append("the accounts of \(asset) add up to \(sum)")
        }
        if written.contains("hold") || written.contains("rail_attempt") {
            try checkHolds(accounts.map { ($0.0, $0.4) }, transaction, &findings)
        }
    }

    private mutating func checkEntries(
        _ transaction: borrowing Transaction,
        _ findings: inout [String]
    ) throws(StorageError) {
        let postings = try transaction.rows(
            """
            SELECT entry_sequence, account_id, amount_minor, asset FROM posting
            JOIN ledger_account ON id = account_id WHERE entry_sequence > \(lastEntry)
            ORDER BY entry_sequence
            """
        ) { row in (row.integer(0), row.integer(1), row.integer(2), row.text(3)) }
        let mixed = try transaction.rows(
            """
            SELECT entry_sequence FROM posting JOIN ledger_account ON ledger_account.id = account_id
            LEFT JOIN wallet ON wallet.id = owner WHERE entry_sequence > \(lastEntry)
            GROUP BY entry_sequence HAVING count(DISTINCT coalesce(wallet.organisation_id,
                iif(owner GLOB 'org_*', substr(owner, 1, 30), NULL))) > 1
            """
        ) { row in "entry \(row.integer(0)) moves money from one organisation to another" }
        findings += mixed
        var sums: [String: Int64] = [:]
        for (entry, account, amount, asset) in postings {
            posted[account, default: 0] += amount
            sums["\(entry) \(asset)", default: 0] += amount
            lastEntry = max(lastEntry, entry)
        }
        for (name, sum) in sums.sorted(by: { $0.key < $1.key }) where sum != 0 {
            findings.append("the postings of entry \(name) add up to \(sum)")
        }
    }

    private mutating func checkHolds(
        _ accounts: [(id: Int64, held: Int64)],
        _ transaction: borrowing Transaction,
        _ findings: inout [String]
    ) throws(StorageError) {
        let holds = try transaction.rows("SELECT id, state FROM hold") { row in
            (row.text(0), row.text(1))
        }
        for (id, state) in holds {
            if let known = endedHolds[id] {
                if known != state { findings.append("hold \(id) was \(known), now \(state)") }
            } else if state != "placed" {
                endedHolds[id] = state
            }
        }
        var placed: [Int64: Int64] = [:]
        let sums = try transaction.rows(
            """
            SELECT account_id, sum(amount_minor - captured_minor) FROM hold
            WHERE state = 'placed' GROUP BY account_id
            """
        ) { row in (row.integer(0), row.integer(1)) }
        for (account, sum) in sums { placed[account] = sum }
        for (id, held) in accounts where held != placed[id, default: 0] {
            findings.append("account \(id) holds \(held), its holds \(placed[id, default: 0])")
        }
        let stray = try transaction.rows(
            """
            SELECT id FROM hold WHERE state = 'placed' AND id NOT IN
                (SELECT payment_id FROM rail_attempt WHERE next_at IS NOT NULL)
                AND id NOT IN (SELECT escrow_id FROM rail_attempt WHERE next_at IS NOT NULL
                    AND escrow_id IS NOT NULL)
            """
        ) { row in "hold \(row.text(0)) has no attempt that will end it" }
        findings += stray
    }

    /// Recomputes the chain, and looks for holds that nothing ends any more.
    func checkEnd(
        _ transaction: borrowing Transaction,
        _ findings: inout [String]
    ) throws(StorageError) {
        let report = try LedgerVerifier.verify(in: transaction)
        for finding in report.findings.prefix(5) { findings.append("the ledger: \(finding)") }
        let open = try transaction.rows("SELECT id FROM hold WHERE state = 'placed'") { row in
            row.text(0)
        }
        if !open.isEmpty { findings.append("holds never end: \(open.prefix(5))") }
        let attempts = try transaction.rows(
            "SELECT payment_id, state FROM rail_attempt WHERE next_at IS NOT NULL"
        ) { row in "\(row.text(0)) (\(row.text(1)))" }
        if !attempts.isEmpty { findings.append("attempts never end: \(attempts.prefix(5))") }
    }
}
