/// A policy, in answer to a request or a question.
public struct PolicyReply: Message {
    public static let wireName = "policy.policy-reply.v1"

    /// The policy.
    public var policy: PolicySnapshot

    /// Creates a reply.
    public init(
        policy: PolicySnapshot
    ) {
        self.policy = policy
    }
}
