public import Contracts
public import Crypto
public import Storage

/// The ledger within one database transaction: it reads the head of the chain once and writes it
/// once.
///
/// ```swift
/// var journal = try Journal(signingWith: key, in: transaction)
/// let outcome = try journal.post(entry, at: now, in: transaction)
/// try journal.close(in: transaction)
/// ```
public struct Journal {
    private let key: SigningKey
    private var sequence: Int64
    private var hash: [UInt8]
    private var hasChanged = false

    /// Whether the ledger is signed for the first time, and is to remember by whom.
    private let isFirstSigned: Bool

    /// Reads the head of the chain; what is posted is signed with `key`.
    ///
    /// - Throws: The database's failure, or an incompatible one when another key has signed the
    ///   ledger.
    public init(
        signingWith key: SigningKey,
        in transaction: borrowing Transaction
    ) throws(StorageError) {
        let head = try LedgerHead.read(in: transaction, isUpgraded: true)
        try head.check(key)
        self.key = key
        (sequence, hash) = (head.sequence, head.hash)
        isFirstSigned = head.publicKey == nil
    }

    /// Returns an account as it stands, or `nil` when nothing was ever posted to it.
    public static func find(
        _ account: LedgerAccount,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> AccountState? {
        try transaction.first(
            """
            SELECT id, posted_minor, held_minor FROM ledger_account
            WHERE owner = \(account.owner) AND kind = \(account.kind.rawValue)
                AND asset = \(account.asset)
            """
        ) { row in
            AccountState(
                id: row.integer(0),
                account: account,
                posted: row.minorUnits(1),
                held: row.minorUnits(2)
            )
        }
    }

    /// Returns an account as it stands, and makes it when it is new.
    public static func open(
        _ account: LedgerAccount,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> AccountState {
        if let state = try find(account, in: transaction) { return state }
        let id = try transaction.first(
            """
            INSERT INTO ledger_account (kind, owner, asset)
            VALUES (\(account.kind.rawValue), \(account.owner), \(account.asset)) RETURNING id
            """
        ) { row in row.integer(0) }
        guard let id else {
            throw StorageError(.corrupt, message: "an account that was made is not there")
        }
        return AccountState(id: id, account: account, posted: 0, held: 0)
    }

    /// Posts an entry: changes the balances, writes the entry and its postings, moves the head.
    ///
    /// An entry that an account cannot bear is refused and changes nothing; the database's
    /// constraint is the second line.
    ///
    /// - Precondition: The entry is balanced, and its accounts are as they stand now: each was read
    ///   in this transaction and not changed since.
    public mutating func post(
        _ entry: JournalEntry,
        at timestamp: Timestamp,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> PostOutcome {
        precondition(entry.isBalanced, "the postings of an entry sum to zero in each asset")
        let changes = entry.changes
        if let refusal = Self.refusal(of: changes) { return refusal }
        var link = ChainLink(after: hash, sequence: sequence + 1, at: timestamp)
        link.append(entry.kind)
        link.append(entry.reference)
        for posting in entry.postings { link.append(posting.account.account, posting.amount) }
        let linkHash = link.hash()
        let posted = PostedEntry(
            sequence: sequence + 1,
            hash: linkHash,
            signature: key.signature(of: linkHash)
        )
        if isFirstSigned, !hasChanged { try rememberKey(in: transaction) }
        try transaction.execute(
            """
            INSERT INTO journal_entry (sequence, kind, reference, created_at, hash, signature)
            VALUES (\(posted.sequence), \(entry.kind), \(entry.reference), \(timestamp),
                \(posted.hash), \(posted.signature))
            """
        )
        for change in changes where change.amount != 0 {
            try transaction.execute(
                """
                UPDATE ledger_account SET posted_minor = posted_minor + \(Int64(change.amount))
                WHERE id = \(change.account.id)
                """
            )
        }
        try Self.insert(entry.postings, of: posted.sequence, in: transaction)
        sequence = posted.sequence
        hash = posted.hash
        hasChanged = true
        return .posted(posted)
    }

    /// Writes the head of the chain.
    public func close(in transaction: borrowing Transaction) throws(StorageError) {
        guard hasChanged else { return }
        try transaction.execute(
            "UPDATE ledger_head SET sequence = \(sequence), hash = \(hash) WHERE id = 1"
        )
    }

    /// Writes down whose signatures the entries have from here on.
    private func rememberKey(in transaction: borrowing Transaction) throws(StorageError) {
        try transaction.execute(
            """
            UPDATE ledger_head SET public_key = \(key.publicKey), signed_after = \(sequence)
            WHERE id = 1
            """
        )
    }

    private static func refusal(of changes: [JournalEntry.Change]) -> PostOutcome? {
        for change in changes {
            let state = change.account
            let posted = Int128(state.posted.rawValue) + change.amount
            // The least number has no counterpart: without it, no account opposite overflows.
            let isCountable = posted.magnitude <= Int64.max && change.amount.magnitude <= Int64.max
            if !isCountable { return .balanceTooLarge(state.account) }
            if change.amount < 0, state.account.kind != .external,
                posted < Int128(state.held.rawValue)
            {
                return .insufficientFunds(state.account)
            }
        }
        return nil
    }

    /// Writes the postings of an entry; two, as nearly every entry has, in one statement.
    private static func insert(
        _ postings: [JournalEntry.Posting],
        of sequence: Int64,
        in transaction: borrowing Transaction
    ) throws(StorageError) {
        if postings.count == 2 {
            try transaction.execute(
                """
                INSERT INTO posting (entry_sequence, position, account_id, amount_minor)
                VALUES (\(sequence), 0, \(postings[0].account.id), \(postings[0].amount)),
                    (\(sequence), 1, \(postings[1].account.id), \(postings[1].amount))
                """
            )
            return
        }
        for (position, posting) in postings.enumerated() {
            try transaction.execute(
                """
                INSERT INTO posting (entry_sequence, position, account_id, amount_minor)
                VALUES (\(sequence), \(position), \(posting.account.id), \(posting.amount))
                """
            )
        }
    }
}
