public import Contracts

/// What became of one order to a rail.
public struct RailResult: Codable, Hashable, Sendable {
    /// What a rail said.
    public enum Outcome: Codable, Hashable, Sendable {
        /// The history ends with this entry.
        case prepared(baseline: Int64)
        /// The history could not be read; nothing was sent by this order.
        case unreachable(reason: String)
        /// The order to pay was not given on to the rail, and never will be.
        case notSent(reason: String)
        /// The order to pay was answered, which proves nothing; `reason` is there unless it was
        /// answered well.
        case answered(reason: String?)
        /// The order to pay was not answered: it may have been carried out, or still be.
        case lost(reason: String)
        /// The history has the payment.
        case found(reference: String, state: FoundState, fee: MinorUnits)
        /// The history was read whole, and does not have the payment.
        case absent
    }

    /// What a rail's history says of a payment.
    public enum FoundState: String, Codable, Sendable {
        /// It is under way.
        case pending
        /// It was paid: a proof.
        case paid
        /// It was not paid: a proof.
        case notPaid = "not_paid"
    }

    /// The payment.
    public var payment: Payment.ID

    /// What was said.
    public var outcome: Outcome

    /// When the order was given that this answers: nothing that is said is older.
    public var orderedAt: Timestamp

    /// Creates a value.
    public init(payment: Payment.ID, outcome: Outcome, orderedAt: Timestamp) {
        self.payment = payment
        self.orderedAt = orderedAt
        self.outcome = outcome
    }
}
