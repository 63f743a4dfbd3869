/// A request to take a payout out of a draft.
public struct DeletePayout: Request {
    public typealias Reply = PayoutReply

    public static let wireName = "settlement.delete-payout.v1"
    public static let service = ServiceName.settlement

    /// The organisation that asks.
    public var organisation: Organisation.ID

    /// The payout, a lower-case UUID.
    public var payout: String

    /// Creates a request.
    public init(
        organisation: Organisation.ID,
        payout: String
    ) {
        self.organisation = organisation
        self.payout = payout
    }
}
