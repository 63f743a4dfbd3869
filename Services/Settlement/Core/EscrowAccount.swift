import Contracts
import Ledger
import Storage

/// The locked money of one escrow, and how it was moved out.
struct EscrowAccount {
    var escrow: Escrow.ID
    var organisation: Organisation.ID
    var payer: Wallet.ID
    var amount: Money

    /// What was answered to the order that moved the money out, if it was moved.
    var end: EscrowEnd?

    static func find(
        _ escrow: Escrow.ID,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> EscrowAccount? {
        try transaction.first(
            """
            SELECT organisation_id, wallet_id, asset, amount_minor, receiver_wallet_id,
                entry_sequence, signature
            FROM escrow_account WHERE escrow_id = \(escrow)
            """
        ) { row in
            let end = row.optionalInteger(5).map { entry in
                EscrowEnd(
                    escrow: escrow,
                    receiver: row.optionalIdentifier(4),
                    entry: entry,
                    signature: row.optionalText(6)
                )
            }
            return EscrowAccount(
                escrow: escrow,
                organisation: row.identifier(0),
                payer: row.identifier(1),
                amount: Money(minorUnits: row.minorUnits(3), asset: row.asset(2)),
                end: end
            )
        }
    }

    /// Opens the account of an escrow whose money is about to be locked.
    static func open(
        _ escrow: Escrow.ID,
        for payment: PaymentSnapshot,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> AccountState {
        let name = LedgerAccount(.escrow, of: escrow.rawValue, in: payment.amount.asset)
        let account = try Journal.open(name, in: transaction)
        try transaction.execute(
            """
            INSERT INTO escrow_account (escrow_id, organisation_id, wallet_id, account_id, asset,
                amount_minor, locked_for)
            VALUES (\(escrow), \(payment.organisation), \(payment.wallet), \(account.id),
                \(payment.amount.asset), \(payment.amount.minorUnits), \(payment.recipientWallet))
            """
        )
        return account
    }

    /// The ledger account as it stands.
    func account(in transaction: borrowing Transaction) throws(StorageError) -> AccountState {
        try Journal.open(
            LedgerAccount(.escrow, of: escrow.rawValue, in: amount.asset),
            in: transaction
        )
    }

    /// Writes how the money was moved out.
    func write(
        _ end: EscrowEnd,
        toReceiver: MinorUnits,
        in transaction: borrowing Transaction
    ) throws(StorageError) {
        try transaction.execute(
            """
            UPDATE escrow_account SET receiver_wallet_id = \(end.receiver),
                receiver_minor = \(toReceiver), entry_sequence = \(end.entry),
                signature = \(end.signature)
            WHERE escrow_id = \(escrow)
            """
        )
    }
}
