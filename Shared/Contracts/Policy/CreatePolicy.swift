/// A request to create a policy.
public struct CreatePolicy: Request {
    public typealias Reply = PolicyReply

    public static let wireName = "policy.create-policy.v1"
    public static let service = ServiceName.policy

    /// The organisation that asks.
    public var organisation: Organisation.ID

    /// The identifier, made by the sender: a repeat of it with the same terms meets the first
    /// outcome.
    public var policy: Policy.ID

    /// What the policy says.
    public var terms: PolicyTerms

    /// Creates a request.
    public init(
        organisation: Organisation.ID,
        policy: Policy.ID,
        terms: PolicyTerms
    ) {
        self.organisation = organisation
        self.policy = policy
        self.terms = terms
    }
}
