/// Why the policy of a signing wallet does not let a group's money move.
public struct ReleaseRefusal: Codable, Hashable, Sendable {
    /// The wallet that signed.
    public var wallet: Wallet.ID

    /// Its policy.
    public var policy: Policy.ID

    /// Every rule that the release violates.
    public var violations: [Violation]

    /// Creates a value.
    public init(wallet: Wallet.ID, policy: Policy.ID, violations: [Violation]) {
        self.wallet = wallet
        self.policy = policy
        self.violations = violations
    }
}
