/// A page of policies.
public struct PolicyList: Message {
    public static let wireName = "policy.policy-list.v1"

    /// The policies.
    public var policies: [PolicySnapshot]

    /// Where the list goes on, if it does.
    public var next: PagePosition?

    /// Creates a reply.
    public init(
        policies: [PolicySnapshot],
        next: PagePosition? = nil
    ) {
        self.policies = policies
        self.next = next
    }
}
