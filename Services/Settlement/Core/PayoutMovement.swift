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

    /// The entry of the journal that moved payouts.
    struct Entry {
        fileprivate var sequence: Int64
        fileprivate var hash: [UInt8]
        fileprivate var signature: [UInt8]?

        /// Reads the last one, which has just been posted.
        static func last(in transaction: borrowing Transaction) throws(StorageError) -> Entry {
            let found = try transaction.first(
                """
                SELECT sequence, hash, signature FROM journal_entry
                WHERE sequence = (SELECT max(sequence) FROM journal_entry)
                    AND kind IN ('batch', 'batch_part', 'claim')
                """
            ) { row in
                Entry(sequence: row.integer(0), hash: row.blob(1), signature: row.optionalBlob(2))
            }
            guard let found else {
                throw StorageError(.corrupt, message: "payouts were moved by no entry")
            }
            return found
        }
    }

    /// Writes the row beside the others of the wallet.
    func insert(
        movedBy entry: Entry,
        in transaction: borrowing Transaction
    ) throws(StorageError) {
        let number = try transaction.first(
            "SELECT number FROM wallet WHERE id = \(wallet)"
        ) { row in row.integer(0) }
        guard let number else {
            throw StorageError(.corrupt, message: "a payout was moved to nobody")
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
