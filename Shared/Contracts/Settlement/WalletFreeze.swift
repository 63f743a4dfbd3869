/// When a wallet was frozen, and by whom.
public struct WalletFreeze: Codable, Hashable, Sendable {
    /// When.
    public var frozenAt: Timestamp

    /// The key that asked for it.
    public var key: APIKey.ID?

    /// The policy that expired, where nobody asked for it.
    public var policy: Policy.ID?

    /// Creates a value.
    public init(frozenAt: Timestamp, key: APIKey.ID? = nil, policy: Policy.ID? = nil) {
        self.frozenAt = frozenAt
        self.key = key
        self.policy = policy
    }
}
