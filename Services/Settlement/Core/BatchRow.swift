import Contracts
import JSON
import Messaging
import Storage

/// A batch as it stands in the database.
struct BatchRow {
    var number: Int64
    var snapshot: BatchSnapshot

    /// How often it was submitted.
    var attempt: Int64

    /// Whether Policy is deciding about it: nothing else may change it.
    var isSubmitting: Bool

    /// Since when.
    var submittingSince: Timestamp?

    /// Who waits for the end of the submission.
    var waiting: ReturnAddress?

    /// The greatest number of payouts and referrals, all of which Policy is sent in one message:
    /// while a batch is decided and paid, everybody else waits.
    static let maximumItems: Int64 = 20_000

    private static let columns: SQL = """
        SELECT number, id, organisation_id, name, external_id, status, created_at, payments_minor,
            payments_count, referrals_minor, settled_minor, settled_count, cancelled_minor,
            cancelled_count, attempt, is_submitting, waiting, submitting_since
        FROM batch
        """

    static func find(
        _ id: String,
        of organisation: Organisation.ID,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> BatchRow? {
        try list("WHERE id = \(id) AND organisation_id = \(organisation)", in: transaction).first
    }

    static func list(
        _ filter: SQL,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [BatchRow] {
        try transaction.rows(columns + filter) { row throws(StorageError) in
            guard let status = BatchStatus(rawValue: row.text(5)) else {
                throw StorageError(.corrupt, message: "a batch's status is unknown")
            }
            let waiting = row.optionalText(16).flatMap {
                try? JSON.decode(ReturnAddress.self, from: Array($0.utf8))
            }
            return BatchRow(
                number: row.integer(0),
                snapshot: BatchSnapshot(
                    id: row.text(1),
                    organisation: row.identifier(2),
                    name: row.text(3),
                    externalID: row.optionalText(4),
                    status: status,
                    summary: BatchSummary(
                        paymentsMinor: row.minorUnits(7),
                        paymentsCount: row.integer(8),
                        referralsMinor: row.minorUnits(9),
                        settledMinor: row.minorUnits(10),
                        settledCount: row.integer(11),
                        cancelledMinor: row.minorUnits(12),
                        cancelledCount: row.integer(13)
                    ),
                    createdAt: row.timestamp(6)
                ),
                attempt: row.integer(14),
                isSubmitting: row.boolean(15),
                submittingSince: row.optionalTimestamp(17),
                waiting: waiting
            )
        }
    }

    /// Writes what can change of a batch.
    func update(in transaction: borrowing Transaction) throws(StorageError) {
        var address: String?
        if let waiting, let bytes = try? JSON.encode(waiting) {
            address = String(decoding: bytes, as: UTF8.self)
        }
        let summary = snapshot.summary
        try transaction.execute(
            """
            UPDATE batch SET name = \(snapshot.name), external_id = \(snapshot.externalID),
                status = \(snapshot.status.rawValue), payments_minor = \(summary.paymentsMinor),
                payments_count = \(summary.paymentsCount),
                referrals_minor = \(summary.referralsMinor),
                settled_minor = \(summary.settledMinor), settled_count = \(summary.settledCount),
                cancelled_minor = \(summary.cancelledMinor),
                cancelled_count = \(summary.cancelledCount), attempt = \(attempt),
                is_submitting = \(isSubmitting), submitting_since = \(submittingSince),
                waiting = \(address)
            WHERE number = \(number)
            """
        )
    }

    /// Ends the submission, whatever came of it.
    mutating func endSubmission() {
        isSubmitting = false
        submittingSince = nil
        waiting = nil
    }

    /// Since when batches are being decided about: what takes too long is a draft again.
    static let migration = Migration(
        "settlement-016-submissions",
        [
            "ALTER TABLE batch ADD COLUMN submitting_since INTEGER",
            "UPDATE batch SET submitting_since = created_at WHERE is_submitting = 1",
            """
            CREATE INDEX batch_being_submitted ON batch (submitting_since)
                WHERE is_submitting = 1
            """,
        ]
    )

    /// The number of a draft's payouts and referrals.
    func itemCount(in transaction: borrowing Transaction) throws(StorageError) -> Int64 {
        try transaction.first(
            "SELECT count(*) + count(referral_minor) FROM payout WHERE batch_number = \(number)"
        ) { $0.integer(0) } ?? 0
    }

    /// Counts a batch's drafts anew.
    mutating func sum(in transaction: borrowing Transaction) throws(StorageError) {
        let sums = try transaction.first(
            """
            SELECT coalesce(sum(amount_minor), 0), count(*), coalesce(sum(referral_minor), 0)
            FROM payout WHERE batch_number = \(number) AND referral_of IS NULL
            """
        ) { ($0.minorUnits(0), $0.integer(1), $0.minorUnits(2)) }
        guard let sums else { return }
        snapshot.summary.paymentsMinor = sums.0
        snapshot.summary.paymentsCount = sums.1
        snapshot.summary.referralsMinor = sums.2
    }
}
