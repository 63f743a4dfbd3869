/// A wallet and the policy it is under.
public struct WalletBinding: Codable, Hashable, Sendable {
    /// The wallet.
    public var wallet: Wallet.ID

    /// The policy.
    public var policy: PolicySnapshot

    /// Creates a value.
    public init(
        wallet: Wallet.ID,
        policy: PolicySnapshot
    ) {
        self.wallet = wallet
        self.policy = policy
    }
}
