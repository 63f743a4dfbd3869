/// How a proof is checked that somebody else must confirm.
public struct EscrowCheck: Codable, Hashable, Sendable {
    /// The proof.
    public var proof: EscrowProof

    /// The number of attempts so far.
    public var attempts: Int

    /// Why the last attempt confirmed nothing.
    public var reason: String?

    /// When it is tried again, if it is.
    public var nextAt: Timestamp?

    /// Creates a value.
    public init(
        proof: EscrowProof,
        attempts: Int,
        reason: String? = nil,
        nextAt: Timestamp? = nil
    ) {
        self.proof = proof
        self.attempts = attempts
        self.reason = reason
        self.nextAt = nextAt
    }
}
