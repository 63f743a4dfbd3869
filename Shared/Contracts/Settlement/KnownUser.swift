/// A Mixin user who is a wallet of the platform.
public struct KnownUser: Codable, Hashable, Sendable {
    /// The user, a lower-case UUID.
    public var user: String

    /// The wallet.
    public var wallet: Wallet.ID

    /// The wallet's agent.
    public var agent: String

    /// When it became known.
    public var createdAt: Timestamp

    /// Creates a value.
    public init(user: String, wallet: Wallet.ID, agent: String, createdAt: Timestamp) {
        self.user = user
        self.wallet = wallet
        self.agent = agent
        self.createdAt = createdAt
    }
}
