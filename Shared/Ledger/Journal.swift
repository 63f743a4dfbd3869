public import Contracts
public import Storage

/// An entry that was posted.
public struct PostedEntry: Hashable, Sendable {
    /// Its number, from 1, without gaps.
    public var sequence: Int64

    /// Its hash, which is the head of the chain after it.
    public var hash: [UInt8]
}

/// The ledger within one database transaction: it reads the head of the chain once and writes it
/// once.
///
/// ```swift
/// var journal = try Journal(in: transaction)
/// let posted = try journal.post(entry, at: now, in: transaction)
/// try journal.close(in: transaction)
/// ```
public struct Journal {
    private var sequence: Int64
    private var hash: [UInt8]
    private var hasChanged = false

    /// Reads the head of the chain.
    public init(in transaction: borrowing Transaction) throws(StorageError) {
        let head = try transaction.first("SELECT sequence, hash FROM ledger_head WHERE id = 1") {
            row in (row.integer(0), row.blob(1))
        }
        guard let head else {
            throw StorageError(.corrupt, message: "the ledger has no head; run purse verify")
        }
        (sequence, hash) = head
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
                posted: row.integer(1),
                held: row.integer(2)
            )
        }
    }

    /// Returns an account as it stands, and makes it when it is new.
    public static func open(
        _ account: LedgerAccount,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> AccountState {
        if let state = try find(account, in: transaction) { return state }
        try transaction.execute(
            """
            INSERT INTO ledger_account (kind, owner, asset)
            VALUES (\(account.kind.rawValue), \(account.owner), \(account.asset))
            """
        )
        guard let state = try find(account, in: transaction) else {
            throw StorageError(.corrupt, message: "an account that was made is not there")
        }
        return state
    }

    /// Posts an entry: changes the balances, writes the entry and its postings, moves the head.
    ///
    /// The caller has read the accounts in this transaction and has seen that there is enough: the
    /// database's constraint is the second line.
    ///
    /// - Precondition: The entry is balanced.
    public mutating func post(
        _ entry: JournalEntry,
        at timestamp: Timestamp,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> PostedEntry {
        precondition(entry.isBalanced, "the postings of an entry sum to zero in each asset")
        var link = ChainLink(after: hash, sequence: sequence + 1, at: timestamp)
        link.append(entry.kind)
        link.append(entry.reference)
        for posting in entry.postings { link.append(posting.account.account, posting.amount) }
        let posted = PostedEntry(sequence: sequence + 1, hash: link.hash())
        try transaction.execute(
            """
            INSERT INTO journal_entry (sequence, kind, reference, created_at, hash)
            VALUES (\(posted.sequence), \(entry.kind), \(entry.reference), \(timestamp),
                \(posted.hash))
            """
        )
        for (position, posting) in entry.postings.enumerated() {
            try transaction.execute(
                """
                UPDATE ledger_account SET posted_minor = posted_minor + \(posting.amount)
                WHERE id = \(posting.account.id)
                """
            )
            try transaction.execute(
                """
                INSERT INTO posting (entry_sequence, position, account_id, amount_minor)
                VALUES (\(posted.sequence), \(position), \(posting.account.id), \(posting.amount))
                """
            )
        }
        sequence = posted.sequence
        hash = posted.hash
        hasChanged = true
        return posted
    }

    /// Writes the head of the chain.
    public func close(in transaction: borrowing Transaction) throws(StorageError) {
        guard hasChanged else { return }
        try transaction.execute(
            "UPDATE ledger_head SET sequence = \(sequence), hash = \(hash) WHERE id = 1"
        )
    }
}
