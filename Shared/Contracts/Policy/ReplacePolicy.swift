/// A request to replace what a policy says, for all its wallets at once.
///
/// Presets are refused as forbidden.
public struct ReplacePolicy: Request {
    public typealias Reply = PolicyReply

    public static let wireName = "policy.replace-policy.v1"
    public static let service = ServiceName.policy

    /// The organisation that asks.
    public var organisation: Organisation.ID

    /// The policy.
    public var policy: Policy.ID

    /// The version that the new terms were made from; another one is refused as a conflict.
    public var expectedVersion: Int

    /// What the policy says from now on.
    public var terms: PolicyTerms

    /// Creates a request.
    public init(
        organisation: Organisation.ID,
        policy: Policy.ID,
        expectedVersion: Int,
        terms: PolicyTerms
    ) {
        self.organisation = organisation
        self.policy = policy
        self.expectedVersion = expectedVersion
        self.terms = terms
    }
}
