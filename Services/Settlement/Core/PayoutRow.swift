import Contracts
import Storage

/// A payout as it stands in the database.
struct PayoutRow {
    var number: Int64
    var snapshot: PayoutSnapshot
    var batchNumber: Int64

    private static let columns: SQL = """
        SELECT payout.number, payout.id, batch.id, phone, amount_minor, first_name, last_name,
            payout.external_id, referral_phone, referral_minor,
            iif(payout.status = 'draft' AND batch.status IN ('open', 'closed'), 'pending',
                payout.status),
            settled_at,
            payout.created_at, batch_number,
            EXISTS (SELECT 1 FROM directory_entry
                WHERE directory_entry.organisation_id = payout.organisation_id
                    AND kind = 'phone' AND value = phone)
        FROM payout JOIN batch ON batch.number = payout.batch_number
        """

    static func find(
        _ id: String,
        of organisation: Organisation.ID,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> PayoutRow? {
        try list(
            """
            WHERE payout.id = \(id) AND payout.organisation_id = \(organisation)
                AND referral_of IS NULL
            """,
            in: transaction
        ).first
    }

    static func list(
        _ filter: SQL,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [PayoutRow] {
        try transaction.rows(columns + filter) { row throws(StorageError) in
            guard let status = PayoutStatus(rawValue: row.text(10)) else {
                throw StorageError(.corrupt, message: "a payout's status is unknown")
            }
            return PayoutRow(
                number: row.integer(0),
                snapshot: PayoutSnapshot(
                    id: row.text(1),
                    batch: row.text(2),
                    phone: row.text(3),
                    amount: row.minorUnits(4),
                    firstName: row.optionalText(5),
                    lastName: row.optionalText(6),
                    externalID: row.optionalText(7),
                    referralPhone: row.optionalText(8),
                    referralAmount: row.optionalMinorUnits(9),
                    status: status,
                    isMember: status == .settled || row.boolean(14),
                    settledAt: row.optionalTimestamp(11),
                    createdAt: row.timestamp(12)
                ),
                batchNumber: row.integer(13)
            )
        }
    }

    /// Adds a draft to a batch.
    static func insert(
        _ order: PayoutOrder,
        to batch: BatchRow,
        at timestamp: Timestamp,
        in transaction: borrowing Transaction
    ) throws(StorageError) {
        try transaction.execute(
            """
            INSERT INTO payout (id, organisation_id, batch_number, phone, amount_minor, first_name,
                last_name, external_id, referral_phone, referral_minor, status, created_at)
            VALUES (\(order.id), \(batch.snapshot.organisation), \(batch.number), \(order.phone),
                \(order.amount), \(order.firstName), \(order.lastName), \(order.externalID),
                \(order.referralPhone), \(order.referralAmount), 'draft', \(timestamp))
            """
        )
    }
}
