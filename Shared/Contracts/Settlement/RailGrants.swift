/// What an organisation may send over rails, in answer to a request or a question.
public struct RailGrants: Message {
    public static let wireName = "settlement.rail-grants.v1"

    /// The grants, by the rail's name and asset.
    public var grants: [RailGrant]

    /// Creates a reply.
    public init(grants: [RailGrant]) {
        self.grants = grants
    }
}
