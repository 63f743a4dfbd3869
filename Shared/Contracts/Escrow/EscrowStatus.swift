/// What has become of an escrow.
public enum EscrowStatus: String, Codable, CaseIterable, Sendable {
    /// Policy and Settlement have not answered yet.
    case requested
    /// A person must say yes first.
    case awaitingApproval = "awaiting_approval"
    /// Policy or a person said no; nothing was locked.
    case blocked
    /// Settlement could not lock the money.
    case failed
    /// The money is locked, and the task is not done.
    case locked
    /// The task is done, and the payer may look at it.
    case completed
    /// A party disputes it.
    case disputed
    /// The money goes to the receiver.
    case releasing
    /// The money goes back to the payer.
    case refunding
    /// The money went to the receiver, all or the part that a resolution gave.
    case released
    /// The money went back to the payer.
    case refunded
}
