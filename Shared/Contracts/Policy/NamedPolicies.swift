/// That Policy has noted which policies an organisation names, and what it has noted altogether.
public struct NamedPolicies: Message {
    public static let wireName = "policy.named-policies.v1"

    /// The place among the changes of the organisation, from 1: of two that meet, the one with the
    /// greater number is the later.
    public var order: Int64

    /// The policy of wallets that name none; absent when none was noted.
    public var defaultPolicy: Policy.ID?

    /// The policy of payouts; absent when none was noted.
    public var payoutPolicy: Policy.ID?

    /// Creates a reply.
    public init(
        order: Int64,
        defaultPolicy: Policy.ID? = nil,
        payoutPolicy: Policy.ID? = nil
    ) {
        self.order = order
        self.defaultPolicy = defaultPolicy
        self.payoutPolicy = payoutPolicy
    }
}
