import Contracts
import Storage

/// A wallet's place: its policy, and its window of the last hour.
struct Binding {
    var number: Int64
    var wallet: Wallet.ID
    var organisation: Organisation.ID
    var policy: Policy.ID
    var hourCount: Int64
    var hourHead: Int64
    var hourOldest: Timestamp?
    var pendingCount: Int64

    /// The latest time at which a payment was decided: the windows never go back before it.
    var latest: Timestamp

    /// A binding of no wallet, whose windows are empty.
    static let none = Binding(
        number: -1,
        wallet: Wallet.ID(""),
        organisation: Organisation.ID(""),
        policy: Policy.ID(""),
        hourCount: 0,
        hourHead: 0,
        pendingCount: 0,
        latest: Timestamp(milliseconds: 0)
    )

    /// A binding together with its policy.
    struct WithPolicy {
        var binding: Binding
        var version: Int
        var termsText: String
        var edition: Int64
    }

    static func find(
        _ wallet: Wallet.ID,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> WithPolicy? {
        try first("binding.wallet_id = \(wallet)", in: transaction)
    }

    static func find(
        number: Int64,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> WithPolicy? {
        try first("binding.number = \(number)", in: transaction)
    }

    private static func first(
        _ condition: SQL,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> WithPolicy? {
        let columns: SQL = """
            SELECT number, wallet_id, binding.organisation_id, policy_id, hour_count, hour_head,
                hour_oldest_at, pending_count, version, terms, latest_at, edition
            FROM binding JOIN policy ON policy.id = binding.policy_id WHERE
            """
        return try transaction.first(columns + condition) { row in
            WithPolicy(
                binding: Binding(
                    number: row.integer(0),
                    wallet: row.identifier(1),
                    organisation: row.identifier(2),
                    policy: row.identifier(3),
                    hourCount: row.integer(4),
                    hourHead: row.integer(5),
                    hourOldest: row.optionalTimestamp(6),
                    pendingCount: row.integer(7),
                    latest: row.timestamp(10)
                ),
                version: Int(row.integer(8)),
                termsText: row.text(9),
                edition: row.integer(11)
            )
        }
    }
}
