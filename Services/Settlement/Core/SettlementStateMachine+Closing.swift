import Contracts
import Storage

/// What a wallet must be free of before it closes for ever: no money may be on its way to where
/// nobody can move it.
extension SettlementStateMachine {
    /// Why a wallet cannot be closed now, in a sentence, or `nil`.
    func obstacle(
        toClosing row: WalletRow,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> String? {
        // What is held for a rail is part of what is there.
        if row.snapshot.balances.contains(where: { $0.available != 0 || $0.held != 0 }) {
            return "The wallet still has money; move it back to the reserve, or pay it out, first."
        }
        if try isPartyOfOpenEscrow(row.id, in: transaction) {
            return "An escrow from or for the wallet is open; end it first."
        }
        let waits = try transaction.exists(
            """
            SELECT 1 FROM payment WHERE wallet_id = \(row.id)
                AND status IN ('pending', 'awaiting_approval')
            """
        )
        if waits { return "A payment of the wallet waits; decide or await it first." }
        let claims = try transaction.exists(
            """
            SELECT 1 FROM directory_entry
            JOIN payout ON payout.organisation_id = directory_entry.organisation_id
                AND phone = value AND payout.status = 'pending'
            WHERE directory_entry.wallet_id = \(row.id) AND kind = 'phone'
            """
        )
        if claims { return "Money waits for a phone number of the wallet." }
        if try isMemberOfGroupWithMoney(row, in: transaction) {
            return "A group of the wallet's user has money; release it, or remove the user first."
        }
        return nil
    }

    private func isPartyOfOpenEscrow(
        _ wallet: Wallet.ID,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> Bool {
        let pays = try transaction.exists(
            "SELECT 1 FROM escrow_account WHERE wallet_id = \(wallet) AND entry_sequence IS NULL"
        )
        if pays { return true }
        return try transaction.exists(
            "SELECT 1 FROM escrow_account WHERE locked_for = \(wallet) AND entry_sequence IS NULL"
        )
    }

    private func isMemberOfGroupWithMoney(
        _ row: WalletRow,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> Bool {
        try transaction.exists(
            """
            SELECT 1 FROM directory_entry
            JOIN group_member ON group_member.organisation_id = directory_entry.organisation_id
                AND member = value
            JOIN group_account ON group_account.number = group_number
            JOIN ledger_account ON owner = group_account.id AND ledger_account.kind = 'group'
            WHERE directory_entry.wallet_id = \(row.id) AND directory_entry.kind = 'mixin_user'
                AND group_member.is_paid = 1
                AND posted_minor <> 0
            """
        )
    }
}
