import Contracts
import JSON
import Ledger
import Storage

/// A wallet as it stands in the database, without its balances unless they were asked for.
struct WalletRow {
    var number: Int64

    /// The policy that it was opened under; what it is under now is Policy's to say.
    var openingPolicy: Policy.ID

    /// How often it was frozen.
    var freezeCount: Int64

    /// The digest of what it was opened with; an older wallet has none.
    var openingDigest: String?

    var snapshot: WalletSnapshot

    var id: Wallet.ID { snapshot.id }

    private static let columns: SQL = """
        SELECT number, policy_id, id, organisation_id, agent, label, tags, status, solana_address,
            created_at, freeze_count, opening_digest, public_key FROM wallet
        """

    static func find(
        _ id: Wallet.ID,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> WalletRow? {
        try first(columns + "WHERE id = \(id)", in: transaction)
    }

    static func find(
        agent: String,
        of organisation: Organisation.ID,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> WalletRow? {
        try first(
            columns + "WHERE organisation_id = \(organisation) AND agent = \(agent)",
            in: transaction
        )
    }

    static func list(
        _ filter: SQL,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [WalletRow] {
        try transaction.rows(columns + filter) { row throws(StorageError) in try read(row) }
    }

    /// Reads the balances of every asset that the wallet has an account in, and their thresholds.
    mutating func readBalances(in transaction: borrowing Transaction) throws(StorageError) {
        var thresholds: [Money] = []
        snapshot.balances = try transaction.rows(
            """
            SELECT asset, posted_minor - held_minor, held_minor, coalesce(low_minor, 0)
            FROM ledger_account
            WHERE owner = \(id.rawValue) AND kind = \(LedgerAccount.Kind.wallet.rawValue)
            ORDER BY asset
            """
        ) { row in
            let asset = row.asset(0)
            let threshold = Money(minorUnits: row.minorUnits(3), asset: asset)
            if threshold.minorUnits > 0 { thresholds.append(threshold) }
            return Balance(asset: asset, available: row.minorUnits(1), held: row.minorUnits(2))
        }
        snapshot.lowBalances = thresholds.isEmpty ? nil : thresholds
    }

    private static func first(
        _ sql: SQL,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> WalletRow? {
        try transaction.first(sql) { row throws(StorageError) in try read(row) }
    }

    private static func read(_ row: borrowing Row) throws(StorageError) -> WalletRow {
        guard let status = WalletSnapshot.Status(rawValue: row.text(7)),
            let tags = try? JSON.decode([String].self, from: Array(row.text(6).utf8))
        else { throw StorageError(.corrupt, message: "a wallet's status or tags are unreadable") }
        return WalletRow(
            number: row.integer(0),
            openingPolicy: row.identifier(1),
            freezeCount: row.integer(10),
            openingDigest: row.optionalText(11),
            snapshot: WalletSnapshot(
                id: row.identifier(2),
                organisation: row.identifier(3),
                agent: row.text(4),
                label: row.optionalText(5),
                tags: tags,
                status: status,
                solanaAddress: row.text(8),
                publicKey: row.optionalText(12),
                balances: [],
                createdAt: row.timestamp(9)
            )
        )
    }
}

extension Balance {
    /// Returns the balances of an owner's accounts of a kind, by asset.
    static func list(
        owner: String,
        kind: LedgerAccount.Kind,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [Balance] {
        try transaction.rows(
            """
            SELECT asset, posted_minor - held_minor, held_minor FROM ledger_account
            WHERE owner = \(owner) AND kind = \(kind.rawValue) ORDER BY asset
            """
        ) { row in
            Balance(asset: row.asset(0), available: row.minorUnits(1), held: row.minorUnits(2))
        }
    }
}
