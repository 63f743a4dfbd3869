import Contracts
import Crypto
import Ledger
import Storage

/// A group account as it is stored.
struct GroupRow {
    var number: Int64
    var id: GroupAccount.ID
    var organisation: Organisation.ID
    var threshold: Int
    var asset: Asset
    var createdAt: Timestamp

    /// Whether Policy was told of its members.
    var isTold: Bool

    /// Whether anything was ever paid to it.
    var isPaid: Bool

    /// The greatest number of members that the groups may have together which one wallet has opened
    /// within 24 hours, and which nobody has paid.
    static let unpaidMembers: Int64 = 4096

    /// The identifier of the group of distinct members in order.
    static func identifier(
        of organisation: Organisation.ID,
        members: [String],
        threshold: Int,
        asset: Asset
    ) -> GroupAccount.ID {
        let parts = [organisation.rawValue, String(threshold), asset.rawValue] + members
        let digest = SHA256.digest(of: Array(parts.joined(separator: "\n").utf8))
        return GroupAccount.ID(bytes: Array(digest.prefix(16)))
    }

    private static let columns: SQL = """
        SELECT number, id, organisation_id, threshold, asset, created_at, is_told, is_paid
        FROM group_account
        """

    static func list(
        _ filter: SQL,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [GroupRow] {
        try transaction.rows(columns + filter) { row in
            GroupRow(
                number: row.integer(0),
                id: row.identifier(1),
                organisation: row.identifier(2),
                threshold: Int(row.integer(3)),
                asset: row.asset(4),
                createdAt: row.timestamp(5),
                isTold: row.boolean(6),
                isPaid: row.boolean(7)
            )
        }
    }

    static func find(
        _ id: GroupAccount.ID,
        of organisation: Organisation.ID,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> GroupRow? {
        try list("WHERE id = \(id) AND organisation_id = \(organisation)", in: transaction).first
    }

    /// Opens the account of members, once, or returns `nil` when the opener has opened too many
    /// that nobody has paid.
    static func open(
        _ members: [String],
        threshold: Int,
        asset: Asset,
        of organisation: Organisation.ID,
        by opener: Wallet.ID?,
        at timestamp: Timestamp,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> GroupRow? {
        let members = Set(members).sorted()
        let id = identifier(of: organisation, members: members, threshold: threshold, asset: asset)
        if let known = try find(id, of: organisation, in: transaction) { return known }
        let count = Int64(members.count)
        guard
            try opener.map({ opener throws(StorageError) in
                try unpaidMembers(of: opener, at: timestamp, in: transaction) + count
                    <= unpaidMembers
            }) ?? true
        else { return nil }
        try transaction.execute(
            """
            INSERT INTO group_account (id, organisation_id, threshold, asset, created_at,
                opened_by, member_count)
            VALUES (\(id), \(organisation), \(Int64(threshold)), \(asset), \(timestamp),
                \(opener), \(count))
            """
        )
        guard let row = try find(id, of: organisation, in: transaction) else {
            throw StorageError(.corrupt, message: "a group that was opened is not there")
        }
        for member in members {
            try transaction.execute(
                """
                INSERT INTO group_member (organisation_id, member, group_number)
                VALUES (\(row.organisation), \(member), \(row.number))
                """
            )
        }
        return row
    }

    private static func unpaidMembers(
        of opener: Wallet.ID,
        at now: Timestamp,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> Int64 {
        let day = now.advanced(byMilliseconds: -Timestamp.millisecondsPerDay)
        return try transaction.first(
            """
            SELECT coalesce(sum(member_count), 0) FROM group_account
            WHERE opened_by = \(opener) AND is_paid = 0 AND created_at > \(day)
            """
        ) { $0.integer(0) } ?? 0
    }

    /// The members, sorted.
    func members(in transaction: borrowing Transaction) throws(StorageError) -> [String] {
        try transaction.rows(
            "SELECT member FROM group_member WHERE group_number = \(number) ORDER BY member"
        ) { row in row.text(0) }
    }

    /// The members that a wallet is: its Mixin users.
    func members(
        that wallet: Wallet.ID,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [String] {
        try transaction.rows(
            """
            SELECT member FROM group_member JOIN directory_entry ON value = member
                AND kind = 'mixin_user' AND directory_entry.organisation_id = \(organisation)
            WHERE group_number = \(number) AND wallet_id = \(wallet) ORDER BY member
            """
        ) { row in row.text(0) }
    }

    /// The ledger account as it stands, or `nil` when nothing was ever paid to it.
    func account(in transaction: borrowing Transaction) throws(StorageError) -> AccountState? {
        try Journal.find(LedgerAccount(.group, of: id.rawValue, in: asset), in: transaction)
    }

    /// The ledger account of a group that is paid, which is made when it is new.
    func openAccount(in transaction: borrowing Transaction) throws(StorageError) -> AccountState {
        if !isPaid {
            try transaction.execute(
                "UPDATE group_account SET is_paid = 1 WHERE number = \(number)"
            )
            try transaction.execute(
                "UPDATE group_member SET is_paid = 1 WHERE group_number = \(number)"
            )
        }
        return try Journal.open(LedgerAccount(.group, of: id.rawValue, in: asset), in: transaction)
    }

    /// What readers see.
    func snapshot(in transaction: borrowing Transaction) throws(StorageError) -> GroupSnapshot {
        let account = try account(in: transaction)
        return GroupSnapshot(
            id: id,
            organisation: organisation,
            members: try members(in: transaction),
            threshold: threshold,
            balance: Balance(
                asset: asset,
                available: account?.available ?? 0,
                held: account?.held ?? 0
            ),
            createdAt: createdAt
        )
    }
}
