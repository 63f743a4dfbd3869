public import Contracts
public import Storage

/// Thresholds of accounts: who owns one is told once when what is available falls below it.
///
/// An index holds the accounts that are on another side of their threshold than was last noticed.
/// So whatever changes a balance need not know of thresholds, and looking for those accounts costs
/// as much as there are of them.
public enum LowBalances {
    /// An account whose available money has fallen below its threshold.
    public struct Fall: Hashable, Sendable {
        /// The account.
        public var account: LedgerAccount

        /// What is available now.
        public var available: MinorUnits

        /// The threshold.
        public var threshold: MinorUnits

        /// How often it has fallen, this time included.
        public var count: Int64
    }

    /// The part of the tables that is told by the ledger's schema.
    static let migration = Migration(
        "ledger-003-low-balances",
        [
            "ALTER TABLE ledger_account ADD COLUMN low_minor INTEGER CHECK (low_minor > 0)",
            """
            ALTER TABLE ledger_account ADD COLUMN is_low INTEGER NOT NULL DEFAULT 0
                CHECK (is_low IN (0, 1))
            """,
            """
            ALTER TABLE ledger_account ADD COLUMN low_count INTEGER NOT NULL DEFAULT 0
                CHECK (low_count >= 0)
            """,
            """
            CREATE INDEX ledger_account_crossed ON ledger_account (id)
                WHERE low_minor IS NOT NULL
                    AND (posted_minor - held_minor < low_minor) <> is_low
            """,
        ]
    )

    /// What has fallen and was told of is up again only above its threshold (API.md, section 1, of
    /// wallets).
    static let above = Migration(
        "ledger-005-above-the-threshold",
        [
            "DROP INDEX ledger_account_crossed",
            """
            CREATE INDEX ledger_account_crossed ON ledger_account (id)
                WHERE low_minor IS NOT NULL
                    AND (posted_minor - held_minor
                        < low_minor + (is_low AND low_count > 0)) <> is_low
            """,
        ]
    )

    /// Gives an owner's accounts of a kind these thresholds and no others.
    ///
    /// A threshold that is set above what is available is no fall: nothing has fallen.
    public static func set(
        _ thresholds: [Money],
        owner: String,
        kind: LedgerAccount.Kind,
        in transaction: borrowing Transaction
    ) throws(StorageError) {
        try transaction.execute(
            """
            UPDATE ledger_account SET low_minor = NULL, is_low = 0
            WHERE owner = \(owner) AND kind = \(kind.rawValue) AND low_minor IS NOT NULL
            """
        )
        for threshold in thresholds {
            let account = try Journal.open(
                LedgerAccount(kind, of: owner, in: threshold.asset),
                in: transaction
            )
            try transaction.execute(
                """
                UPDATE ledger_account SET low_minor = \(threshold.minorUnits),
                    is_low = (posted_minor - held_minor < \(threshold.minorUnits))
                WHERE id = \(account.id)
                """
            )
        }
    }

    /// Notices on which side of their thresholds accounts are now, and returns those that have
    /// fallen below since this was last called.
    public static func takeFalls(
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [Fall] {
        let crossed = try transaction.rows(
            """
            SELECT id, owner, kind, asset, posted_minor - held_minor, low_minor, low_count, is_low
            FROM ledger_account INDEXED BY ledger_account_crossed
            WHERE low_minor IS NOT NULL
                AND (posted_minor - held_minor
                    < low_minor + (is_low AND low_count > 0)) <> is_low
            ORDER BY id
            """
        ) { row throws(StorageError) in try Crossing(row) }
        for crossing in crossed {
            try transaction.execute(
                """
                UPDATE ledger_account
                SET is_low = 1 - is_low, low_count = low_count + 1 - is_low
                WHERE id = \(crossing.id)
                """
            )
        }
        return crossed.filter { !$0.wasLow }.map(\.fall)
    }

    private struct Crossing {
        var id: Int64
        var fall: Fall
        var wasLow: Bool

        init(_ row: borrowing Row) throws(StorageError) {
            guard let kind = LedgerAccount.Kind(rawValue: row.text(2)) else {
                throw StorageError(.corrupt, message: "an account's kind is unknown")
            }
            id = row.integer(0)
            fall = Fall(
                account: LedgerAccount(kind, of: row.text(1), in: row.asset(3)),
                available: row.minorUnits(4),
                threshold: row.minorUnits(5),
                count: row.integer(6) + 1
            )
            wasLow = row.integer(7) == 1
        }
    }
}
