/// Who gets the money of a disputed escrow.
public enum EscrowDecision: String, Codable, CaseIterable, Sendable {
    /// The receiver.
    case release
    /// The payer.
    case refund
    /// Both.
    case split
}
