/// What an event tells of.
public enum EventType: String, Codable, CaseIterable, Sendable {
    /// A payment is confirmed.
    case transactionCompleted = "transaction.completed"
    /// Policy or a person said no to a payment.
    case transactionBlocked = "transaction.blocked"
    /// A payment could not be carried out.
    case transactionFailed = "transaction.failed"
    /// A wallet was opened.
    case walletCreated = "wallet.created"
    /// A wallet got money from the reserve.
    case walletFunded = "wallet.funded"
    /// A wallet was frozen.
    case walletFrozen = "wallet.frozen"
    /// A policy expired.
    case policyExpired = "policy.expired"
    /// A payment waits for a person.
    case approvalRequested = "approval.requested"
    /// A person decided, or nobody did in time.
    case approvalDecided = "approval.decided"
}
