/// A request to note which policies an organisation names: for wallets that name none, and for its
/// payouts.
///
/// Policy notes it before the gateway does, so that a policy which an organisation is about to name
/// is not deleted in between. A policy that does not exist is refused as not found.
public struct NamePolicies: Request {
    public typealias Reply = NamedPolicies

    public static let wireName = "policy.name-policies.v1"
    public static let service = ServiceName.policy

    /// The organisation that asks.
    public var organisation: Organisation.ID

    /// The policy of wallets that name none; absent when it stays.
    public var defaultPolicy: Policy.ID?

    /// The policy of payouts; absent when it stays.
    public var payoutPolicy: Policy.ID?

    /// Creates a request.
    public init(
        organisation: Organisation.ID,
        defaultPolicy: Policy.ID? = nil,
        payoutPolicy: Policy.ID? = nil
    ) {
        self.organisation = organisation
        self.defaultPolicy = defaultPolicy
        self.payoutPolicy = payoutPolicy
    }
}
