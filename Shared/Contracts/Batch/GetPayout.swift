/// A question for one payout.
public struct GetPayout: Query {
    public typealias Reply = PayoutReply

    public static let wireName = "settlement.get-payout.v1"
    public static let service = ServiceName.settlement

    /// The organisation that asks.
    public var organisation: Organisation.ID

    /// The payout, a lower-case UUID.
    public var payout: String

    /// Creates a query.
    public init(
        organisation: Organisation.ID,
        payout: String
    ) {
        self.organisation = organisation
        self.payout = payout
    }
}
