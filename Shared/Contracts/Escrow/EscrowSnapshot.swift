/// An escrow as its readers see it.
public struct EscrowSnapshot: Codable, Hashable, Sendable {
    /// The identifier.
    public var id: Escrow.ID

    /// The organisation of the payer.
    public var organisation: Organisation.ID

    /// The wallet that pays.
    public var payer: Wallet.ID

    /// Who gets the money.
    public var receiver: Destination

    /// The receiver as the client wrote it.
    public var receiverText: String

    /// The wallet of the receiver, if it is one of the platform.
    public var receiverWallet: Wallet.ID?

    /// The Solana address of the receiver's wallet.
    public var receiverAddress: String?

    /// The amount.
    public var amount: Money

    /// The amount as the client wrote it, with at least two places.
    public var amountText: String

    /// What must be done, and by when.
    public var conditions: EscrowConditions

    /// The status.
    public var status: EscrowStatus

    /// The escrow's own Solana address.
    public var address: String

    /// The SHA-256 of the request's content in hexadecimal.
    public var digest: String

    /// When it was asked for.
    public var createdAt: Timestamp

    /// When a locked escrow is refunded.
    public var expiresAt: Timestamp

    /// When the present status ends by itself, unless it is a last one.
    public var deadline: Timestamp?

    /// The proof that was accepted; of several, the last.
    public var proof: EscrowProof?

    /// The verified ones of the proofs that the conditions name, in their order.
    public var proofs: [EscrowProof]?

    /// The check that is under way or was the last.
    public var check: EscrowCheck?

    /// When the proof was accepted.
    public var completedAt: Timestamp?

    /// The dispute, if there was one.
    public var dispute: EscrowDispute?

    /// How the dispute was resolved.
    public var resolution: EscrowResolution?

    /// When the money had moved out, or was refused.
    public var endedAt: Timestamp?

    /// The journal entry that moved the money out.
    public var entry: Int64?

    /// The platform's Ed25519 signature of that entry's hash, base58.
    public var signature: String?

    /// The policy that decided.
    public var policy: Policy.ID?

    /// Why the policy denied it.
    public var violations: [Violation]?

    /// The approval that it needs or had.
    public var approval: Approval.ID?

    /// Why the money was not locked, or could not be moved out.
    public var failure: RequestRefused.Code?

    /// The proofs that the conditions name and that are not verified yet.
    public var missingProofs: [ProofType] {
        conditions.namedProofs.filter { type in proofs?.contains { $0.type == type } != true }
    }

    /// When the payer's time to look at a completed task is over, if there is such a time.
    public var reviewEndsAt: Timestamp? {
        guard let completedAt, conditions.review > 0 else { return nil }
        return completedAt.advanced(byMilliseconds: conditions.review * 1000)
    }

    /// Creates a snapshot.
    public init(
        id: Escrow.ID,
        organisation: Organisation.ID,
        payer: Wallet.ID,
        receiver: Destination,
        receiverText: String,
        receiverWallet: Wallet.ID? = nil,
        receiverAddress: String? = nil,
        amount: Money,
        amountText: String,
        conditions: EscrowConditions,
        status: EscrowStatus,
        address: String,
        digest: String,
        createdAt: Timestamp,
        expiresAt: Timestamp,
        deadline: Timestamp? = nil,
        proof: EscrowProof? = nil,
        proofs: [EscrowProof]? = nil,
        check: EscrowCheck? = nil,
        completedAt: Timestamp? = nil,
        dispute: EscrowDispute? = nil,
        resolution: EscrowResolution? = nil,
        endedAt: Timestamp? = nil,
        entry: Int64? = nil,
        signature: String? = nil,
        policy: Policy.ID? = nil,
        violations: [Violation]? = nil,
        approval: Approval.ID? = nil,
        failure: RequestRefused.Code? = nil
    ) {
        self.id = id
        self.organisation = organisation
        self.payer = payer
        self.receiver = receiver
        self.receiverText = receiverText
        self.receiverWallet = receiverWallet
        self.receiverAddress = receiverAddress
        self.amount = amount
        self.amountText = amountText
        self.conditions = conditions
        self.status = status
        self.address = address
        self.digest = digest
        self.createdAt = createdAt
        self.expiresAt = expiresAt
        self.deadline = deadline
        self.proof = proof
        self.proofs = proofs
        self.check = check
        self.completedAt = completedAt
        self.dispute = dispute
        self.resolution = resolution
        self.endedAt = endedAt
        self.entry = entry
        self.signature = signature
        self.policy = policy
        self.violations = violations
        self.approval = approval
        self.failure = failure
    }
}
