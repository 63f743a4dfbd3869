/// How a dispute was resolved.
public struct EscrowResolution: Codable, Hashable, Sendable {
    /// Who gets the money.
    public var decision: EscrowDecision

    /// What the receiver gets.
    public var toReceiver: Money

    /// The arbiter; absent for an operator.
    public var resolvedBy: Wallet.ID?

    /// The key that asked; absent in resolutions from before keys were noted.
    public var key: APIKey.ID?

    /// When.
    public var resolvedAt: Timestamp

    /// Creates a value.
    public init(
        decision: EscrowDecision,
        toReceiver: Money,
        resolvedBy: Wallet.ID? = nil,
        key: APIKey.ID? = nil,
        resolvedAt: Timestamp
    ) {
        self.decision = decision
        self.toReceiver = toReceiver
        self.resolvedBy = resolvedBy
        self.key = key
        self.resolvedAt = resolvedAt
    }
}
