import Contracts
import Crypto
public import Storage

/// Recomputes every balance and every link from the first entry, and says what does not match.
///
/// It keeps the accounts in memory, and reads the entries in parts.
public struct LedgerVerifier {
    private static let partLength = 1000
    private static let progressInterval: Int64 = 10_000

    private var report = LedgerReport()
    private var accounts: [Int64: AccountState] = [:]
    private var sums: [Int64: Int128] = [:]
    private var hash = [UInt8](repeating: 0, count: 32)
    private var sequence: Int64 = 0
    private var head: LedgerHead?

    /// The last entry that may lack its signature.
    private var lastExempt: Int64 = 0
    private var anchors: [Int64: [LedgerAnchor]]

    private init(_ anchors: [LedgerAnchor]) {
        self.anchors = Dictionary(grouping: anchors, by: \.sequence)
    }

    /// Verifies the ledger as one transaction sees it.
    ///
    /// `anchors` must be links of the chain, and `publicKey`, if it is known, the key that signs
    /// it. `progress` is told the number of entries read, every 10,000 entries. Only the database's
    /// failures are thrown; damage is in the report.
    public static func verify(
        in transaction: borrowing Transaction,
        anchors: [LedgerAnchor] = [],
        publicKey: [UInt8]? = nil,
        progress: (Int64) -> Void = { _ in }
    ) throws(StorageError) -> LedgerReport {
        var verifier = LedgerVerifier(anchors)
        try verifier.readHead(publicKey, in: transaction)
        try verifier.readAccounts(in: transaction)
        try verifier.readEntries(in: transaction, progress: progress)
        verifier.checkHead()
        verifier.checkAnchors()
        try verifier.checkStrays(in: transaction)
        verifier.checkBalances()
        try verifier.checkHolds(in: transaction)
        return verifier.report
    }

    private mutating func note(_ kind: LedgerFinding.Kind, _ place: String) {
        guard report.findings.count < LedgerReport.maximumFindings else { return }
        report.findings.append(LedgerFinding(kind: kind, place: place))
    }

    // MARK: Reading

    private mutating func readHead(
        _ publicKey: [UInt8]?,
        in transaction: borrowing Transaction
    ) throws(StorageError) {
        do {
            let isUpgraded = try LedgerHead.isUpgraded(in: transaction)
            let head = try LedgerHead.read(in: transaction, isUpgraded: isUpgraded)
            lastExempt = isUpgraded ? try head.lastExempt(in: transaction) : head.signedAfter ?? 0
            self.head = head
        } catch {
            // A head that is missing is found with the others.
            guard error.code == .corrupt else { throw error }
        }
        if let publicKey, let signer = head?.publicKey, signer != publicKey {
            note(.wrongSigner, Base58.text(of: signer))
        }
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
                posted: row.minorUnits(4), held: row.minorUnits(5)
            )
        }
        for row in rows {
            guard let kind = LedgerAccount.Kind(rawValue: row.kind),
                let asset = Asset(rawValue: row.asset)
            else {
                note(.unknownAccount, "account \(row.id)")
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

    private struct EntryRow {
        var sequence: Int64
        var kind: String
        var reference: String
        var createdAt: Timestamp
        var hash: [UInt8]
        var signature: [UInt8]?
    }

    private struct PostingRow {
        var entry: Int64
        var position: Int64
        var account: Int64
        var amount: MinorUnits
    }

    private mutating func readEntries(
        in transaction: borrowing Transaction,
        progress: (Int64) -> Void
    ) throws(StorageError) {
        while true {
            let first = sequence
            let entries = try transaction.rows(
                """
                SELECT sequence, kind, reference, created_at, hash, signature FROM journal_entry
                WHERE sequence > \(first) ORDER BY sequence LIMIT \(Self.partLength)
                """
            ) { row in
                EntryRow(
                    sequence: row.integer(0),
                    kind: row.text(1),
                    reference: row.text(2),
                    createdAt: row.timestamp(3),
                    hash: row.blob(4),
                    signature: row.optionalBlob(5)
                )
            }
            guard let last = entries.last else { return }
            let postings = try transaction.rows(
                """
                SELECT entry_sequence, position, account_id, amount_minor FROM posting
                WHERE entry_sequence > \(first) AND entry_sequence <= \(last.sequence)
                ORDER BY entry_sequence, position
                """
            ) { row in
                PostingRow(
                    entry: row.integer(0),
                    position: row.integer(1),
                    account: row.integer(2),
                    amount: row.minorUnits(3)
                )
            }
            var rest = postings[...]
            for entry in entries {
                rest = rest.drop { $0.entry < entry.sequence }
                let own = rest.prefix { $0.entry == entry.sequence }
                rest = rest.dropFirst(own.count)
                check(entry, own)
                if report.entryCount.isMultiple(of: Self.progressInterval) {
                    progress(report.entryCount)
                }
            }
        }
    }

    private mutating func check(_ entry: EntryRow, _ postings: ArraySlice<PostingRow>) {
        let place = "entry \(entry.sequence)"
        if entry.sequence != sequence + 1 { note(.missingEntry, "entry \(sequence + 1)") }
        var link = ChainLink(after: hash, sequence: entry.sequence, at: entry.createdAt)
        link.append(entry.kind)
        link.append(entry.reference)
        var assetSums: [Asset: Int128] = [:]
        for (position, posting) in postings.enumerated() {
            if posting.position != position { note(.wrongPosition, place) }
            guard let account = accounts[posting.account]?.account else {
                note(.strayPosting, place)
                continue
            }
            link.append(account, posting.amount)
            assetSums[account.asset, default: 0] += Int128(posting.amount.rawValue)
            sums[posting.account, default: 0] += Int128(posting.amount.rawValue)
        }
        if assetSums.isEmpty || assetSums.values.contains(where: { $0 != 0 }) {
            note(.unbalancedEntry, place)
        }
        if link.hash() != entry.hash { note(.brokenLink, place) }
        checkSignature(of: entry)
        hash = entry.hash
        sequence = entry.sequence
        report.entryCount += 1
        report.postingCount += Int64(postings.count)
    }

    // MARK: Checking

    /// An entry that was signed is signed by the platform; only those before the first one that
    /// was may have no signature.
    private mutating func checkSignature(of entry: EntryRow) {
        let place = "entry \(entry.sequence)"
        if let signature = entry.signature {
            let isValid = SigningKey.isValid(
                signature: signature,
                of: entry.hash,
                publicKey: head?.publicKey ?? []
            )
            if !isValid { note(.wrongSignature, place) }
            if let key = head?.publicKey {
                report.head = LedgerAnchor(
                    sequence: entry.sequence,
                    hash: entry.hash,
                    signature: signature,
                    publicKey: key
                )
            }
        } else if entry.sequence > lastExempt {
            note(.wrongSignature, place)
        }
        for anchor in anchors.removeValue(forKey: entry.sequence) ?? []
        where anchor.hash != entry.hash || anchor.publicKey != head?.publicKey {
            note(.missingAnchor, place)
        }
    }

    private mutating func checkAnchors() {
        for sequence in anchors.keys.sorted() { note(.missingAnchor, "entry \(sequence)") }
    }

    private mutating func checkHead() {
        if head?.sequence != sequence || head?.hash != hash {
            note(.wrongHead, "the last entry is \(sequence)")
        }
    }

    private mutating func checkStrays(in transaction: borrowing Transaction) throws(StorageError) {
        let entries = try transaction.rows(
            "SELECT sequence FROM journal_entry WHERE sequence < 1 ORDER BY sequence LIMIT 100"
        ) { row in row.integer(0) }
        for entry in entries { note(.strayEntry, "entry \(entry)") }
        let postings = try transaction.rows(
            """
            SELECT entry_sequence FROM posting
            WHERE entry_sequence NOT IN (SELECT sequence FROM journal_entry)
            ORDER BY entry_sequence LIMIT 100
            """
        ) { row in row.integer(0) }
        for entry in postings { note(.strayPosting, "entry \(entry)") }
    }

    private mutating func checkBalances() {
        var assetSums: [Asset: Int128] = [:]
        var totals: [LedgerAccount.Kind: [Asset: Int128]] = [:]
        for (id, state) in accounts.sorted(by: { $0.key < $1.key }) {
            let account = state.account
            let posted = Int128(state.posted.rawValue)
            if posted != sums[id, default: 0] { note(.wrongBalance, Self.name(of: account)) }
            if account.kind != .external, posted < Int128(state.held.rawValue) {
                note(.negativeAccount, Self.name(of: account))
            }
            assetSums[account.asset, default: 0] += posted
            totals[account.kind, default: [:]][account.asset, default: 0] += posted
        }
        report.totals = totals
        for (asset, sum) in assetSums.sorted(by: { $0.key < $1.key }) where sum != 0 {
            note(.unbalancedAsset, "\(asset.rawValue): \(sum)")
        }
    }

    private mutating func checkHolds(in transaction: borrowing Transaction) throws(StorageError) {
        let strays = try transaction.rows(
            """
            SELECT hold.id FROM hold LEFT JOIN ledger_account ON ledger_account.id = account_id
            WHERE ledger_account.id IS NULL OR (state = 'placed') <> (ended_at IS NULL)
                OR (state = 'captured') <> (captured_minor <> 0)
                OR captured_minor NOT BETWEEN 0 AND amount_minor
            ORDER BY hold.id LIMIT 100
            """
        ) { row in row.text(0) }
        for stray in strays { note(.strayHold, "hold \(stray)") }
        let holds = try transaction.rows(
            "SELECT account_id, amount_minor FROM hold WHERE state = 'placed' ORDER BY account_id"
        ) { row in (account: row.integer(0), amount: row.integer(1)) }
        var placed: [Int64: Int128] = [:]
        for hold in holds { placed[hold.account, default: 0] += Int128(hold.amount) }
        for (id, state) in accounts.sorted(by: { $0.key < $1.key })
        where Int128(state.held.rawValue) != placed[id, default: 0] {
            note(.wrongHold, Self.name(of: state.account))
        }
    }

    private static func name(of account: LedgerAccount) -> String {
        "\(account.kind.rawValue) \(account.owner) \(account.asset.rawValue)"
    }
}
