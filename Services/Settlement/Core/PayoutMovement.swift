import Contracts
import Crypto
import Storage

/// A payout as the transactions of the wallet that got it list it, so that they sum to its balance.
struct PayoutMovement {
    private let transfer: Transfer
    private let wallet: Wallet.ID
    private let timestamp: Timestamp

    init(of transfer: Transfer, to wallet: Wallet.ID, at timestamp: Timestamp) {
        self.transfer = transfer
        self.wallet = wallet
        self.timestamp = timestamp
    }

    /// Writes the row beside the others of the wallet: the last entry of the journal moved it.
    func insert(in transaction: borrowing Transaction) throws(StorageError) {
        let entry = try transaction.first(
            """
            SELECT sequence, hash, signature FROM journal_entry
            WHERE sequence = (SELECT max(sequence) FROM journal_entry)
                AND kind IN ('batch', 'claim')
            """
        ) { row in (sequence: row.integer(0), hash: row.blob(1), signature: row.optionalBlob(2)) }
        let number = try transaction.first(
            "SELECT number FROM wallet WHERE id = \(wallet)"
        ) { row in row.integer(0) }
        guard let entry, let number else {
            throw StorageError(.corrupt, message: "a payout was moved by no entry, or to nobody")
        }
        let amount = Money(minorUnits: transfer.payout.amount, asset: .dzar)
        let payment = PaymentSnapshot(
            id: Payment.ID("tx_payout_" + transfer.payout.id.filter { $0 != "-" }),
            organisation: transfer.organisation,
            wallet: wallet,
            type: .payout,
            status: .confirmed,
            recipient: transfer.payout.phone,
            recipientWallet: wallet,
            amount: amount,
            amountText: amount.text,
            memo: transfer.payout.batch,
            digest: Hex.text(of: entry.hash),
            entry: entry.sequence,
            signature: entry.signature.map { Base58.text(of: $0) },
            createdAt: timestamp,
            endedAt: timestamp
        )
        try PaymentStore.insert(
            payment,
            payerNumber: number,
            payeeNumber: number,
            in: transaction
        )
    }

    /// The payouts that came into wallets before they were listed among their payments.
    static let migration = Migration(
        "settlement-013-payouts-are-listed",
        [
            """
            INSERT INTO payment (id, organisation_id, wallet_id, wallet_number, recipient_number,
                recipient_wallet_id, type, status, recipient, asset, amount_minor, amount_text,
                memo, digest, entry_sequence, created_at, ended_at)
            SELECT 'tx_payout_' || replace(payout.id, '-', ''), payout.organisation_id, wallet.id,
                wallet.number, wallet.number, wallet.id, 'payout', 'confirmed', phone, 'DZAR',
                payout.amount_minor,
                printf('%d.%02d', payout.amount_minor / 100, payout.amount_minor % 100),
                batch.id, lower(hex(hash)), payout.entry_sequence,
                journal_entry.created_at, journal_entry.created_at
            FROM payout JOIN wallet ON wallet.id = payout.wallet_id
            JOIN batch ON batch.number = batch_number
            JOIN journal_entry ON sequence = payout.entry_sequence
            WHERE payout.status = 'settled' ORDER BY sequence, payout.number
            """
        ]
    )
}
