/// A party's objection to an escrow.
public struct EscrowDispute: Codable, Hashable, Sendable {
    /// The party; absent for an operator, or when the receiver could not be paid.
    public var raisedBy: Wallet.ID?

    /// Why.
    public var reason: String

    /// What shows it.
    public var evidence: String?

    /// When.
    public var raisedAt: Timestamp

    /// Creates a value.
    public init(
        raisedBy: Wallet.ID? = nil,
        reason: String,
        evidence: String? = nil,
        raisedAt: Timestamp
    ) {
        self.raisedBy = raisedBy
        self.reason = reason
        self.evidence = evidence
        self.raisedAt = raisedAt
    }
}
