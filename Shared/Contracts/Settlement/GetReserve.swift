/// A question for the balances of an organisation's reserve.
public struct GetReserve: Query {
    public typealias Reply = ReserveReply

    public static let wireName = "settlement.get-reserve.v1"
    public static let service = ServiceName.settlement

    /// The organisation that asks.
    public var organisation: Organisation.ID

    /// Creates a query.
    public init(
        organisation: Organisation.ID
    ) {
        self.organisation = organisation
    }
}
