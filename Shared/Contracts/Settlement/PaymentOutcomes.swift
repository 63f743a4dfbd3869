/// What has become of payments, in answer to ``AuthorizePayments``.
public struct PaymentOutcomes: MergeableReply {
    public static let wireName = "settlement.payment-outcomes.v1"

    /// The outcomes.
    public var outcomes: [PaymentOutcome]

    /// Creates a value.
    public init(
        outcomes: [PaymentOutcome]
    ) {
        self.outcomes = outcomes
    }
}

extension PaymentOutcomes {
    public var itemCount: Int { outcomes.count }

    public mutating func merge(_ other: PaymentOutcomes) {
        outcomes += other.outcomes
    }

    public func slice(_ range: Range<Int>) -> PaymentOutcomes {
        PaymentOutcomes(outcomes: Array(outcomes[range]))
    }

    public func answers() -> [(correlationID: String, reply: PaymentOutcomes)] {
        outcomes.map { ($0.correlationID, PaymentOutcomes(outcomes: [$0])) }
    }
}
