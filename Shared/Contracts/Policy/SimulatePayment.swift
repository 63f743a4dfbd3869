/// A question what a policy would decide; nothing is reserved.
public struct SimulatePayment: Query {
    public typealias Reply = PaymentSimulation

    public static let wireName = "policy.simulate-payment.v1"
    public static let service = ServiceName.policy

    /// The organisation that asks.
    public var organisation: Organisation.ID

    /// The policy.
    public var policy: Policy.ID

    /// The wallet whose windows count; none means empty windows.
    public var wallet: Wallet.ID?

    /// The parsed destination.
    public var destination: Destination

    /// The amount.
    public var amount: Money

    /// Creates a query.
    public init(
        organisation: Organisation.ID,
        policy: Policy.ID,
        wallet: Wallet.ID? = nil,
        destination: Destination,
        amount: Money
    ) {
        self.organisation = organisation
        self.policy = policy
        self.wallet = wallet
        self.destination = destination
        self.amount = amount
    }
}
