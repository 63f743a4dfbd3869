/// A question for one payment.
public struct GetPayment: Query {
    public typealias Reply = PaymentReply

    public static let wireName = "settlement.get-payment.v1"
    public static let service = ServiceName.settlement

    /// The organisation that asks.
    public var organisation: Organisation.ID

    /// The payment.
    public var payment: Payment.ID

    /// Only if this wallet is a party to it.
    public var party: Wallet.ID?

    /// Creates a query.
    public init(
        organisation: Organisation.ID,
        payment: Payment.ID,
        party: Wallet.ID? = nil
    ) {
        self.organisation = organisation
        self.payment = payment
        self.party = party
    }
}
