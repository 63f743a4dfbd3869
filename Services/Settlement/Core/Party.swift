import Contracts
import Ledger
import Storage

/// A wallet as one side of a payment, with its account in the payment's asset: one statement.
struct Party {
    var number: Int64
    var wallet: Wallet.ID
    var organisation: Organisation.ID
    var status: WalletSnapshot.Status

    /// The account, or `nil` when the wallet never had anything of the asset.
    var account: AccountState?

    /// Returns the account, and makes it when the wallet never had anything of the asset.
    func openAccount(
        in asset: Asset,
        _ transaction: borrowing Transaction
    ) throws(StorageError) -> AccountState {
        if let account { return account }
        return try Journal.open(
            LedgerAccount(.wallet, of: wallet.rawValue, in: asset),
            in: transaction
        )
    }

    static func find(
        _ wallet: Wallet.ID,
        in asset: Asset,
        _ transaction: borrowing Transaction
    ) throws(StorageError) -> Party? {
        try first("WHERE wallet.id = \(wallet)", in: asset, transaction)
    }

    static func find(
        agent: String,
        of organisation: Organisation.ID,
        in asset: Asset,
        _ transaction: borrowing Transaction
    ) throws(StorageError) -> Party? {
        try first(
            "WHERE wallet.organisation_id = \(organisation) AND wallet.agent = \(agent)",
            in: asset,
            transaction
        )
    }

    /// Finds the wallet that a directory entry belongs to.
    static func find(
        directory destination: Destination,
        of organisation: Organisation.ID,
        in asset: Asset,
        _ transaction: borrowing Transaction
    ) throws(StorageError) -> Party? {
        try first(
            """
            WHERE wallet.id = (
                SELECT wallet_id FROM directory_entry
                WHERE organisation_id = \(organisation)
                    AND directory_entry.kind = \(destination.kind.rawValue)
                    AND value = \(destination.value)
            )
            """,
            in: asset,
            transaction
        )
    }

    private static func first(
        _ condition: SQL,
        in asset: Asset,
        _ transaction: borrowing Transaction
    ) throws(StorageError) -> Party? {
        let wallets: SQL = """
            SELECT wallet.number, wallet.id, wallet.organisation_id, wallet.status,
                ledger_account.id, posted_minor, held_minor
            FROM wallet LEFT JOIN ledger_account ON ledger_account.owner = wallet.id
                AND ledger_account.kind = 'wallet' AND ledger_account.asset = \(asset)
            """
        return try transaction.first(wallets + condition) { row throws(StorageError) in
            guard let status = WalletSnapshot.Status(rawValue: row.text(3)) else {
                throw StorageError(.corrupt, message: "a wallet's status is unknown")
            }
            let wallet = row.text(1)
            let account = row.optionalInteger(4).map { id in
                AccountState(
                    id: id,
                    account: LedgerAccount(.wallet, of: wallet, in: asset),
                    posted: row.minorUnits(5),
                    held: row.minorUnits(6)
                )
            }
            return Party(
                number: row.integer(0),
                wallet: Wallet.ID(wallet),
                organisation: row.identifier(2),
                status: status,
                account: account
            )
        }
    }
}
