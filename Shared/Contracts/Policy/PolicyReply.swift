/// A policy, in answer to a request or a question.
public struct PolicyReply: Message {
    public static let wireName = "policy.policy-reply.v1"

    /// The policy.
    public var policy: PolicySnapshot

    /// Whether an earlier request of the same content made it; absent in other answers.
    public var isReplay: Bool?

    /// Creates a reply.
    public init(
        policy: PolicySnapshot,
        isReplay: Bool? = nil
    ) {
        self.policy = policy
        self.isReplay = isReplay
    }
}
