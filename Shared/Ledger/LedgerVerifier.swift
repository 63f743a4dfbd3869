import Contracts
public import Storage

/// Recomputes every balance and every link from the first entry, and says what does not match.
public struct LedgerVerifier {
    private var report = LedgerReport()
    private var accounts: [Int64: AccountState] = [:]
    private var sums: [Int64: Int64] = [:]
    private var hash = [UInt8](repeating: 0, count: 32)
    private var sequence: Int64 = 0

    private init() {}

    /// Verifies the ledger as one transaction sees it.
    ///
    /// `progress` is told the number of entries read, every 10,000 entries. Only the database's
    /// failures are thrown; damage is in the report.
    public static func verify(
        in transaction: borrowing Transaction,
        progress: (Int64) -> Void = { _ in }
    ) throws(StorageError) -> LedgerReport {
        var verifier = LedgerVerifier()
        try verifier.readAccounts(in: transaction)
        try verifier.readEntries(in: transaction, progress: progress)
        try verifier.checkHead(in: transaction)
        try verifier.checkStrayPostings(in: transaction)
        verifier.checkBalances()
        try verifier.checkHolds(in: transaction)
        return verifier.report
    }

    private mutating func note(_ kind: LedgerFinding.Kind, _ place: String) {
        guard report.findings.count < LedgerReport.maximumFindings else { return }
        report.findings.append(LedgerFinding(kind: kind, place: place))
    }

    private mutating func readAccounts(
        in transaction: borrowing Transaction
    ) throws(StorageError) {
        let rows = try transaction.rows(
            """
            SELECT id, kind, owner, asset, posted_minor, held_minor FROM ledger_account ORDER BY id
            """
        ) { row in
            (
                id: row.integer(0), kind: row.text(1), owner: row.text(2), asset: row.text(3),
                posted: row.integer(4), held: row.integer(5)
            )
        }
        for row in rows {
            guard let kind = LedgerAccount.Kind(rawValue: row.kind),
                let asset = Asset(rawValue: row.asset)
            else {
                note(.strayPosting, "account \(row.id) has an unknown kind or asset")
                continue
            }
            accounts[row.id] = AccountState(
                id: row.id,
                account: LedgerAccount(kind, of: row.owner, in: asset),
                posted: row.posted,
                held: row.held
            )
        }
        report.accountCount = rows.count
    }

    private mutating func readEntries(
        in transaction: borrowing Transaction,
        progress: (Int64) -> Void
    ) throws(StorageError) {
        while true {
            let entries = try transaction.rows(
                """
                SELECT sequence, kind, reference, created_at, hash FROM journal_entry
                WHERE sequence > \(sequence) ORDER BY sequence LIMIT 1000
                """
            ) { row in
                (
                    sequence: row.integer(0), kind: row.text(1), reference: row.text(2),
                    createdAt: row.timestamp(3), hash: row.blob(4)
                )
            }
            guard let last = entries.last else { return }
            let postings = try transaction.rows(
                """
                SELECT entry_sequence, account_id, amount_minor FROM posting
                WHERE entry_sequence > \(sequence) AND entry_sequence <= \(last.sequence)
                ORDER BY entry_sequence, position
                """
            ) { row in (entry: row.integer(0), account: row.integer(1), amount: row.integer(2)) }
            var next = postings.startIndex
            for entry in entries {
                if entry.sequence != sequence + 1 {
                    note(.missingEntry, "entry \(sequence + 1)")
                }
                while next < postings.endIndex, postings[next].entry < entry.sequence { next += 1 }
                var link = ChainLink(after: hash, sequence: entry.sequence, at: entry.createdAt)
                link.append(entry.kind)
                link.append(entry.reference)
                var assetSums: [Asset: Int64] = [:]
                while next < postings.endIndex, postings[next].entry == entry.sequence {
                    let posting = postings[next]
                    next += 1
                    guard let account = accounts[posting.account]?.account else {
                        note(.strayPosting, "entry \(entry.sequence)")
                        continue
                    }
                    link.append(account, posting.amount)
                    assetSums[account.asset, default: 0] &+= posting.amount
                    sums[posting.account, default: 0] &+= posting.amount
                }
                if assetSums.isEmpty || assetSums.values.contains(where: { $0 != 0 }) {
                    note(.unbalancedEntry, "entry \(entry.sequence)")
                }
                if link.hash() != entry.hash { note(.brokenLink, "entry \(entry.sequence)") }
                hash = entry.hash
                sequence = entry.sequence
                report.entryCount += 1
                if report.entryCount.isMultiple(of: 10_000) { progress(report.entryCount) }
            }
        }
    }

    private mutating func checkHead(in transaction: borrowing Transaction) throws(StorageError) {
        let head = try transaction.first("SELECT sequence, hash FROM ledger_head WHERE id = 1") {
            row in (sequence: row.integer(0), hash: row.blob(1))
        }
        if head?.sequence != sequence || head?.hash != hash {
            note(.wrongHead, "the last entry is \(sequence)")
        }
    }

    private mutating func checkStrayPostings(
        in transaction: borrowing Transaction
    ) throws(StorageError) {
        let strays = try transaction.rows(
            """
            SELECT entry_sequence FROM posting
            WHERE entry_sequence NOT IN (SELECT sequence FROM journal_entry)
            ORDER BY entry_sequence LIMIT 100
            """
        ) { row in row.integer(0) }
        for stray in strays { note(.strayPosting, "entry \(stray)") }
    }

    private mutating func checkBalances() {
        var assetSums: [Asset: Int64] = [:]
        for (id, state) in accounts.sorted(by: { $0.key < $1.key }) {
            let account = state.account
            let name = "\(account.kind.rawValue) \(account.owner) \(account.asset.rawValue)"
            if state.posted != sums[id, default: 0] { note(.wrongBalance, name) }
            if account.kind != .external, state.available < 0 { note(.negativeAccount, name) }
            assetSums[account.asset, default: 0] &+= state.posted
            report.totals[account.kind, default: [:]][account.asset, default: 0] &+= state.posted
        }
        for (asset, sum) in assetSums.sorted(by: { $0.key < $1.key }) where sum != 0 {
            note(.unbalancedAsset, "\(asset.rawValue): \(sum)")
        }
    }

    private mutating func checkHolds(in transaction: borrowing Transaction) throws(StorageError) {
        let holds = try transaction.rows(
            """
            SELECT account_id, sum(amount_minor) FROM hold WHERE state = 'placed'
            GROUP BY account_id ORDER BY account_id
            """
        ) { row in (account: row.integer(0), amount: row.integer(1)) }
        let placed = Dictionary(uniqueKeysWithValues: holds.map { ($0.account, $0.amount) })
        for (id, state) in accounts.sorted(by: { $0.key < $1.key })
        where state.held != placed[id, default: 0] {
            note(.wrongHold, "\(state.account.kind.rawValue) \(state.account.owner)")
        }
    }
}
