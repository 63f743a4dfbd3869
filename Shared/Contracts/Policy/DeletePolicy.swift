/// A request to delete a policy that no wallet is under.
///
/// Presets are refused as forbidden, a policy in use or named by the organisation as a conflict.
/// Answered with the last snapshot.
public struct DeletePolicy: Request {
    public typealias Reply = PolicyReply

    public static let wireName = "policy.delete-policy.v1"
    public static let service = ServiceName.policy

    /// The organisation that asks.
    public var organisation: Organisation.ID

    /// The policy.
    public var policy: Policy.ID

    /// Creates a request.
    public init(
        organisation: Organisation.ID,
        policy: Policy.ID
    ) {
        self.organisation = organisation
        self.policy = policy
    }
}
