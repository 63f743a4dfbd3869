/// A question for what the platform is on Lightning and Ark.
public struct GetNode: Query {
    public typealias Reply = NodeReply

    public static let wireName = "settlement.get-node.v1"
    public static let service = ServiceName.settlement

    /// The organisation that asks.
    public var organisation: Organisation.ID

    /// Creates a query.
    public init(organisation: Organisation.ID) {
        self.organisation = organisation
    }
}
