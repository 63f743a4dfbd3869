/// A question for one policy.
public struct GetPolicy: Query {
    public typealias Reply = PolicyReply

    public static let wireName = "policy.get-policy.v1"
    public static let service = ServiceName.policy

    /// The organisation that asks.
    public var organisation: Organisation.ID

    /// The policy.
    public var policy: Policy.ID

    /// Creates a query.
    public init(
        organisation: Organisation.ID,
        policy: Policy.ID
    ) {
        self.organisation = organisation
        self.policy = policy
    }
}
