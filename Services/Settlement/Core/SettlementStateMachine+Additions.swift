import Contracts
import Messaging
import Storage

// Additions of payouts under one key: the identity is of the key alone, the digest of all payouts.

extension SettlementStateMachine {
    /// The answer to a repeat: the payouts that were added by it and are still there.
    func repeated(
        _ body: AddPayouts,
        of row: BatchRow,
        in transaction: borrowing Transaction
    ) throws(Stop) -> PayoutList? {
        guard let compound = body.compound else {
            return try repeatedPayouts(body, of: row, in: transaction)
        }
        let kept = try Stop.run { () throws(StorageError) in
            try transaction.first(
                """
                SELECT organisation_id, batch_number, digest, first_number, last_number
                FROM payout_addition WHERE identity = \(compound.identity)
                """
            ) { row in
                (
                    organisation: row.text(0), batch: row.integer(1), digest: row.text(2),
                    numbers: (row.integer(3), row.integer(4))
                )
            }
        }
        guard let kept else { return try repeatedPayouts(body, of: row, in: transaction) }
        guard kept.organisation == body.organisation.rawValue, kept.batch == row.number,
            kept.digest == compound.digest
        else { throw Self.otherPayments }
        let rows = try Stop.run { () throws(StorageError) in
            try PayoutRow.list(
                """
                WHERE batch_number = \(row.number) AND referral_of IS NULL
                    AND payout.number BETWEEN \(kept.numbers.0) AND \(kept.numbers.1)
                ORDER BY payout.number
                """,
                in: transaction
            )
        }
        let wanted = Set(body.payouts.map(\.id))
        return PayoutList(
            batch: row.snapshot,
            payouts: rows.map(\.snapshot).filter { wanted.contains($0.id) },
            isReplay: true
        )
    }

    /// Keeps what an addition is known by, in the transaction that adds.
    func record(
        _ body: AddPayouts,
        to batch: BatchRow,
        at timestamp: Timestamp,
        in transaction: borrowing Transaction
    ) throws(StorageError) {
        guard let compound = body.compound, let first = body.payouts.first,
            let last = body.payouts.last
        else { return }
        try transaction.execute(
            """
            INSERT INTO payout_addition (identity, organisation_id, batch_number, digest,
                first_number, last_number, created_at)
            VALUES (\(compound.identity), \(body.organisation), \(batch.number),
                \(compound.digest), (SELECT number FROM payout WHERE id = \(first.id)),
                (SELECT number FROM payout WHERE id = \(last.id)), \(timestamp))
            """
        )
    }

    /// What a batch was made with, which its later names do not change; neither has line breaks.
    static func opening(_ body: CreateBatch) -> String {
        body.name + "\n" + (body.externalID ?? "")
    }

    /// Whether a batch was made with a content.
    func isOpening(
        _ body: CreateBatch,
        of row: BatchRow,
        in transaction: borrowing Transaction
    ) throws(Stop) -> Bool {
        let kept = try Stop.run { () throws(StorageError) in
            try transaction.first("SELECT opening FROM batch WHERE number = \(row.number)") { row in
                row.optionalText(0)
            } ?? nil
        }
        if let kept { return kept == Self.opening(body) }
        return row.snapshot.name == body.name && row.snapshot.externalID == body.externalID
    }

    /// The answer to a repeat of before additions were kept, whose payouts are there as they were
    /// asked for.
    private func repeatedPayouts(
        _ body: AddPayouts,
        of row: BatchRow,
        in transaction: borrowing Transaction
    ) throws(Stop) -> PayoutList? {
        guard let first = body.payouts.first else { return nil }
        let isKnown = try Stop.run { () throws(StorageError) in
            try transaction.exists("SELECT 1 FROM payout WHERE id = \(first.id)")
        }
        guard isKnown else { return nil }
        let found = try payouts(of: row, ids: body.payouts.map(\.id), in: transaction)
        guard found.count == body.payouts.count,
            zip(found, body.payouts).allSatisfy({ $0.isMade(of: $1) })
        else { throw Self.otherPayments }
        return PayoutList(batch: row.snapshot, payouts: found, isReplay: true)
    }

    private static let otherPayments = Stop.refused(
        .idempotencyConflict,
        "The key stands for other payments; nothing of this request was done."
    )
}

extension PayoutSnapshot {
    /// Whether an order asks for this payout and no other.
    fileprivate func isMade(of order: PayoutOrder) -> Bool {
        id == order.id && phone == order.phone && amount == order.amount
            && firstName == order.firstName && lastName == order.lastName
            && externalID == order.externalID && referralPhone == order.referralPhone
            && referralAmount == order.referralAmount
    }
}

extension SettlementSchema {
    /// Additions of payouts that had an idempotency key.
    static let additions = Migration(
        "settlement-010-payout-additions",
        [
            """
            CREATE TABLE payout_addition (
                identity TEXT PRIMARY KEY,
                organisation_id TEXT NOT NULL,
                batch_number INTEGER NOT NULL REFERENCES batch (number),
                digest TEXT NOT NULL,
                first_number INTEGER NOT NULL,
                last_number INTEGER NOT NULL,
                created_at INTEGER NOT NULL
            ) STRICT
            """,
            "ALTER TABLE batch ADD COLUMN opening TEXT",
        ]
    )
}
