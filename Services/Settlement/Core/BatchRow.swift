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

    /// Whether it is being decided about, or waits for that: nothing else may change it.
    var isSubmitting: Bool

    /// Since when, or since when Policy decides about the part that it was asked about last.
    var submittingSince: Timestamp?

    /// The policy that it was submitted under.
    var policy: Policy.ID?

    /// The part that Policy decides about; `nil` while another batch of the organisation is.
    var asked: Part?

    /// The last payout whose money has been paid out, while some is still to be.
    var paidThrough: Int64?

    /// Who waits for the end of the submission.
    var waiting: ReturnAddress?

    /// Payouts that Policy is asked about in one message.
    struct Part {
        /// The number of the payout before the first.
        var after: Int64

        /// The number of the last payout.
        var through: Int64

        /// The number of payments and referrals of the batch before these.
        var offset: Int64
    }

    /// The greatest number of payouts and referrals: one statement makes or removes all of them.
    static let maximumItems: Int64 = 20_000

    private static let columns: SQL = """
        SELECT number, id, organisation_id, name, external_id, status, created_at, payments_minor,
            payments_count, referrals_minor, settled_minor, settled_count, cancelled_minor,
            cancelled_count, attempt, is_submitting, waiting, submitting_since, policy_id,
            asked_after, asked_through, asked_offset, paid_through
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
                policy: row.optionalIdentifier(18),
                asked: row.optionalInteger(19).map { after in
                    Part(after: after, through: row.integer(20), offset: row.integer(21))
                },
                paidThrough: row.optionalInteger(22),
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
                waiting = \(address), policy_id = \(policy), asked_after = \(asked?.after),
                asked_through = \(asked?.through), asked_offset = \(asked?.offset),
                paid_through = \(paidThrough)
            WHERE number = \(number)
            """
        )
    }

    /// What all payouts and referrals are of, or `nil` when it cannot be counted.
    var total: MinorUnits? {
        snapshot.summary.paymentsMinor.adding(snapshot.summary.referralsMinor)
    }

    /// Ends the submission, whatever came of it.
    mutating func endSubmission() {
        isSubmitting = false
        submittingSince = nil
        asked = nil
    }

    /// Returns who waits for the end, and forgets it.
    mutating func takeWaiting() -> ReturnAddress? {
        defer { waiting = nil }
        return waiting
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

    /// How far a submission has come, in parts: what was being decided about is one part.
    static let parts = Migration(
        "settlement-017-batches-in-parts",
        [
            "ALTER TABLE batch ADD COLUMN policy_id TEXT",
            "ALTER TABLE batch ADD COLUMN asked_after INTEGER",
            "ALTER TABLE batch ADD COLUMN asked_through INTEGER",
            "ALTER TABLE batch ADD COLUMN asked_offset INTEGER",
            "ALTER TABLE batch ADD COLUMN paid_through INTEGER",
            """
            UPDATE batch SET asked_after = 0, asked_offset = 0, asked_through = (
                SELECT coalesce(max(number), 0) FROM payout WHERE batch_number = batch.number)
            WHERE is_submitting = 1
            """,
            "ALTER TABLE payout ADD COLUMN judged_wallet TEXT",
            "ALTER TABLE payout ADD COLUMN judged_referral_wallet TEXT",
            "DROP INDEX batch_being_submitted",
            """
            CREATE INDEX batch_being_decided ON batch (submitting_since)
                WHERE is_submitting = 1 AND asked_through IS NOT NULL
            """,
            """
            CREATE INDEX batch_waiting ON batch (organisation_id, submitting_since, number)
                WHERE is_submitting = 1
            """,
            """
            CREATE INDEX batch_being_paid ON batch (organisation_id)
                WHERE paid_through IS NOT NULL
            """,
            """
            CREATE INDEX batch_to_pay ON batch (submitted_at, number)
                WHERE paid_through IS NOT NULL
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
