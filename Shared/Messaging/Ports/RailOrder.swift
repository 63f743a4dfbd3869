public import Contracts

/// An order to the port of a rail: one of the three verbs of one attempt
/// (`SettlementRails.md`).
public struct RailOrder: Message {
    public static let wireName = "port.rail-order.v1"

    /// What a rail does.
    public enum Verb: String, Codable, Sendable {
        /// Says where its history ends now, before anything is sent.
        case prepare
        /// Pays. It is ordered once in an attempt's life.
        case send
        /// Says what its history knows of the attempt.
        case resolve
    }

    /// The payment.
    public var payment: Payment.ID

    /// What is to be done.
    public var verb: Verb

    /// Who is paid.
    public var destination: Destination

    /// The amount, in minor units of the rail's asset.
    public var amount: MinorUnits

    /// Where the history ended before the payment was sent.
    public var baseline: Int64?

    /// When it was given.
    public var orderedAt: Timestamp

    /// Creates an order.
    public init(
        payment: Payment.ID,
        verb: Verb,
        destination: Destination,
        amount: MinorUnits,
        baseline: Int64? = nil,
        orderedAt: Timestamp
    ) {
        self.payment = payment
        self.verb = verb
        self.destination = destination
        self.amount = amount
        self.baseline = baseline
        self.orderedAt = orderedAt
    }
}
