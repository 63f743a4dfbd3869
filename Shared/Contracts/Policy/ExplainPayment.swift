/// A question why a payment was decided as it was.
public struct ExplainPayment: Query {
    public typealias Reply = PaymentExplanation

    public static let wireName = "policy.explain-payment.v1"
    public static let service = ServiceName.policy

    /// The organisation that asks.
    public var organisation: Organisation.ID

    /// The payment.
    public var payment: Payment.ID

    /// Creates a query.
    public init(
        organisation: Organisation.ID,
        payment: Payment.ID
    ) {
        self.organisation = organisation
        self.payment = payment
    }
}
