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
    /// Money of a wallet went back to the reserve.
    case walletDefunded = "wallet.defunded"
    /// A wallet was frozen.
    case walletFrozen = "wallet.frozen"
    /// A policy expired.
    case policyExpired = "policy.expired"
    /// A payment waits for a person.
    case approvalRequested = "approval.requested"
    /// A person decided, or nobody did in time.
    case approvalDecided = "approval.decided"
    /// Money was locked in an escrow.
    case escrowCreated = "escrow.created"
    /// The receiver has completed an escrow.
    case escrowCompleted = "escrow.completed"
    /// An escrow's money went to the receiver.
    case escrowReleased = "escrow.released"
    /// A party disputes an escrow.
    case escrowDisputed = "escrow.disputed"
    /// An escrow's money went back to the payer.
    case escrowRefunded = "escrow.refunded"
    /// What a wallet can spend of an asset has fallen below its threshold.
    case balanceLow = "balance.low"
    /// A batch was submitted.
    case batchSubmitted = "batch.submitted"
    /// A batch has ended.
    case batchClosed = "batch.closed"
    /// A webhook endpoint is told of nothing any more, because it did not answer.
    case endpointDisabled = "endpoint.disabled"
}
