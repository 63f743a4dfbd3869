import Contracts
import JSON
import Messaging
import Storage

/// One payment's one attempt to go over a rail, as it is stored.
struct AttemptRow {
    typealias State = AttemptSnapshot.State

    var payment: Payment.ID
    var organisation: Organisation.ID
    var rail: String

    /// Who the rail pays: of a Lightning address, its invoice once there is one.
    var destination: Destination

    /// The amount, in minor units of the rail's asset.
    var amount: MinorUnits

    /// What is held for the rail's fee.
    var reserve: MinorUnits

    /// What whoever is paid is told.
    var comment: String?

    /// The escrow whose money it is; else it is the payer's wallet's.
    var escrow: Escrow.ID?

    var state: State

    /// The SHA-256 of what a Lightning address said of itself, which its invoice must name.
    var metadataHash: String?

    /// Where the rail's history ended before anything was sent.
    var baseline: Int64?

    var reference: String?
    var fee: MinorUnits?
    var reason: String?
    var tries: Int64 = 0

    /// When something is done by itself; `nil` once the outcome is proven.
    var nextAt: Timestamp?

    /// Who waits for the outcome.
    var waiting: ReturnAddress?

    var startedAt: Timestamp
    var sentAt: Timestamp?

    /// When the order to pay was refused, if it was.
    var answeredAt: Timestamp?
    var endedAt: Timestamp?
    var number: Int64 = 0

    /// The order of a verb to the rail's port.
    func order(_ verb: RailOrder.Verb, at now: Timestamp) -> Outgoing {
        .order(
            RailOrder(
                payment: payment,
                verb: verb,
                destination: destination,
                amount: amount,
                baseline: baseline,
                orderedAt: now
            )
        )
    }

    // MARK: Storing

    private static let columns: SQL = """
        SELECT number, payment_id, organisation_id, rail, kind, value, amount_minor, reserve_minor,
            comment, state, metadata_hash, baseline, reference, fee_minor, reason, tries, next_at,
            waiting, started_at, sent_at, answered_at, ended_at, escrow_id FROM rail_attempt
        """

    static func find(
        _ payment: Payment.ID,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> AttemptRow? {
        try list("WHERE payment_id = \(payment)", in: transaction).first
    }

    static func list(
        _ filter: SQL,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [AttemptRow] {
        try transaction.rows(columns + filter) { row throws(StorageError) in
            guard let kind = Destination.Kind(rawValue: row.text(4)),
                let state = State(rawValue: row.text(9))
            else { throw StorageError(.corrupt, message: "an attempt cannot be read") }
            var attempt = AttemptRow(
                payment: row.identifier(1),
                organisation: row.identifier(2),
                rail: row.text(3),
                destination: Destination(kind: kind, value: row.text(5)),
                amount: row.minorUnits(6),
                reserve: row.minorUnits(7),
                comment: row.optionalText(8),
                escrow: row.optionalIdentifier(22),
                state: state,
                startedAt: row.timestamp(18)
            )
            attempt.number = row.integer(0)
            attempt.metadataHash = row.optionalText(10)
            attempt.baseline = row.optionalInteger(11)
            attempt.reference = row.optionalText(12)
            attempt.fee = row.optionalMinorUnits(13)
            attempt.reason = row.optionalText(14)
            attempt.tries = row.integer(15)
            attempt.nextAt = row.optionalTimestamp(16)
            attempt.waiting = try row.optionalText(17).map(Self.address)
            attempt.sentAt = row.optionalTimestamp(19)
            attempt.answeredAt = row.optionalTimestamp(20)
            attempt.endedAt = row.optionalTimestamp(21)
            return attempt
        }
    }

    /// Writes a new attempt, which counts with what is held in what its organisation may send.
    func insert(
        counting held: MinorUnits,
        in transaction: borrowing Transaction
    ) throws(StorageError) {
        try transaction.execute(
            """
            INSERT INTO rail_attempt (payment_id, organisation_id, rail, kind, value, amount_minor,
                reserve_minor, comment, escrow_id, state, next_at, waiting, started_at,
                counted_minor)
            VALUES (\(payment), \(organisation), \(rail), \(destination.kind.rawValue),
                \(destination.value), \(amount), \(reserve), \(comment), \(escrow),
                \(state.rawValue), \(nextAt), \(try waiting.map(Self.text)), \(startedAt),
                \(held))
            """
        )
    }

    func update(in transaction: borrowing Transaction) throws(StorageError) {
        try transaction.execute(
            """
            UPDATE rail_attempt SET kind = \(destination.kind.rawValue),
                value = \(destination.value), state = \(state.rawValue),
                metadata_hash = \(metadataHash), baseline = \(baseline),
                reference = \(reference), fee_minor = \(fee), reason = \(reason),
                tries = \(tries), next_at = \(nextAt), waiting = \(try waiting.map(Self.text)),
                sent_at = \(sentAt), answered_at = \(answeredAt), ended_at = \(endedAt)
            WHERE payment_id = \(payment)
            """
        )
    }

    /// Whether an older live attempt pays the same amount to the same destination: the history
    /// could not tell the two apart.
    func isBehindTwin(in transaction: borrowing Transaction) throws(StorageError) -> Bool {
        try transaction.exists(
            """
            SELECT 1 FROM rail_attempt WHERE rail = \(rail) AND value = \(destination.value)
                AND amount_minor = \(amount) AND next_at IS NOT NULL AND number < \(number)
                AND state <> 'asking'
            """
        )
    }

    private static func text(_ address: ReturnAddress) throws(StorageError) -> String {
        do {
            return String(decoding: try JSON.encode(address), as: UTF8.self)
        } catch {
            throw StorageError(.constraint, message: "an address could not be encoded")
        }
    }

    private static func address(_ text: String) throws(StorageError) -> ReturnAddress {
        do {
            return try JSON.decode(ReturnAddress.self, from: Array(text.utf8))
        } catch {
            throw StorageError(.corrupt, message: "an address cannot be read")
        }
    }

    /// What an operator sees.
    func snapshot(of payment: PaymentSnapshot) -> AttemptSnapshot {
        AttemptSnapshot(
            payment: payment.id,
            organisation: organisation,
            wallet: payment.wallet,
            rail: rail,
            recipient: payment.recipient,
            amount: payment.amount,
            state: state,
            fee: fee,
            reason: reason,
            reference: reference,
            startedAt: startedAt,
            sentAt: sentAt,
            endedAt: endedAt
        )
    }
}
