import Contracts
import Storage

/// Who froze wallets, and when, for whoever asks later why a payment failed.
enum WalletFreezes {
    static let migration = Migration(
        "settlement-019-freezes",
        [
            """
            CREATE TABLE wallet_freeze (
                wallet_number INTEGER NOT NULL REFERENCES wallet (number),
                freeze_count INTEGER NOT NULL,
                frozen_at INTEGER NOT NULL,
                ended_at INTEGER,
                key_id TEXT,
                policy_id TEXT,
                PRIMARY KEY (wallet_number, freeze_count)
            ) STRICT
            """
        ]
    )

    /// Writes that a wallet is frozen from now on.
    static func begin(
        _ freeze: WalletFreeze,
        of row: WalletRow,
        in transaction: borrowing Transaction
    ) throws(StorageError) {
        try transaction.execute(
            """
            INSERT INTO wallet_freeze (wallet_number, freeze_count, frozen_at, key_id, policy_id)
            VALUES (\(row.number), \(row.freezeCount), \(freeze.frozenAt), \(freeze.key),
                \(freeze.policy))
            """
        )
    }

    /// Writes that a wallet is frozen no more; older freezes have no row.
    static func end(
        of row: WalletRow,
        at timestamp: Timestamp,
        in transaction: borrowing Transaction
    ) throws(StorageError) {
        try transaction.execute(
            """
            UPDATE wallet_freeze SET ended_at = \(timestamp)
            WHERE wallet_number = \(row.number) AND freeze_count = \(row.freezeCount)
            """
        )
    }

    /// What had frozen a payment's wallet when the payment failed for that.
    static func find(
        for payment: PaymentSnapshot,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> WalletFreeze? {
        guard payment.failure == .walletFrozen,
            let row = try WalletRow.find(payment.wallet, in: transaction)
        else { return nil }
        let time = payment.endedAt ?? payment.createdAt
        return try transaction.first(
            """
            SELECT frozen_at, key_id, policy_id FROM wallet_freeze
            WHERE wallet_number = \(row.number) AND frozen_at <= \(time)
                AND coalesce(ended_at > \(time), 1)
            ORDER BY freeze_count DESC LIMIT 1
            """
        ) { row in
            WalletFreeze(
                frozenAt: row.timestamp(0),
                key: row.optionalIdentifier(1),
                policy: row.optionalIdentifier(2)
            )
        }
    }
}
