/// A question for the payment that a trace stands for.
public struct FindTrace: Query {
    public typealias Reply = TraceReply

    public static let wireName = "settlement.find-trace.v1"
    public static let service = ServiceName.settlement

    /// The organisation that asks; absent for everybody.
    public var organisation: Organisation.ID?

    /// The trace, a lower-case UUID.
    public var trace: String

    /// Tells the payment only to this wallet, if it is a party to it.
    public var party: Wallet.ID?

    /// What the asker believes to have been paid: only a payment of this amount counts.
    public var amount: Money?

    /// With an amount: the Mixin user who was paid, or `nil` for whoever is no user.
    public var user: String?

    /// Creates a query.
    public init(
        organisation: Organisation.ID? = nil,
        trace: String,
        party: Wallet.ID? = nil,
        amount: Money? = nil,
        user: String? = nil
    ) {
        self.organisation = organisation
        self.trace = trace
        self.party = party
        self.amount = amount
        self.user = user
    }
}
