/// A payment, or another movement of a wallet's money, as its readers see it.
public struct PaymentSnapshot: Codable, Hashable, Sendable {
    /// The identifier.
    public var id: Payment.ID

    /// The organisation of the payer.
    public var organisation: Organisation.ID

    /// The wallet that pays; of a funding, the wallet that is funded.
    public var wallet: Wallet.ID

    /// What kind of movement it is.
    public var type: PaymentType

    /// The status.
    public var status: PaymentStatus

    /// The destination as the client wrote it.
    public var recipient: String

    /// The wallet that was paid, when it is one of the platform.
    public var recipientWallet: Wallet.ID?

    /// The amount.
    public var amount: Money

    /// The amount as the client wrote it, with at least two places.
    public var amountText: String

    /// The client's note.
    public var memo: String?

    /// What the client wants to find again: the text of a JSON object.
    public var metadata: String?

    /// What the payment is known by to all payers of the organisation.
    public var trace: String?

    /// What the payer had left afterwards, in minor units; older payments do not have it.
    public var payerBalance: MinorUnits?

    /// What the rail took on top of the amount, in minor units.
    public var fee: MinorUnits?

    /// The policy that decided.
    public var policy: Policy.ID?

    /// Why the policy denied it.
    public var violations: [Violation]?

    /// The approval that it needs or had.
    public var approval: Approval.ID?

    /// Why Settlement did not carry it out.
    public var failure: RequestRefused.Code?

    /// The SHA-256 of the request's content, in hexadecimal.
    public var digest: String

    /// The number of its journal entry, from 1.
    public var entry: Int64?

    /// The platform's Ed25519 signature of its journal entry's hash, base58.
    public var signature: String?

    /// When it was decided.
    public var createdAt: Timestamp

    /// When its status became final; older payments do not have it.
    public var endedAt: Timestamp?

    /// Creates a value.
    public init(
        id: Payment.ID,
        organisation: Organisation.ID,
        wallet: Wallet.ID,
        type: PaymentType,
        status: PaymentStatus,
        recipient: String,
        recipientWallet: Wallet.ID? = nil,
        amount: Money,
        amountText: String,
        memo: String? = nil,
        metadata: String? = nil,
        trace: String? = nil,
        payerBalance: MinorUnits? = nil,
        fee: MinorUnits? = nil,
        policy: Policy.ID? = nil,
        violations: [Violation]? = nil,
        approval: Approval.ID? = nil,
        failure: RequestRefused.Code? = nil,
        digest: String,
        entry: Int64? = nil,
        signature: String? = nil,
        createdAt: Timestamp,
        endedAt: Timestamp? = nil
    ) {
        self.id = id
        self.organisation = organisation
        self.wallet = wallet
        self.type = type
        self.status = status
        self.recipient = recipient
        self.recipientWallet = recipientWallet
        self.amount = amount
        self.amountText = amountText
        self.memo = memo
        self.metadata = metadata
        self.trace = trace
        self.payerBalance = payerBalance
        self.fee = fee
        self.policy = policy
        self.violations = violations
        self.approval = approval
        self.failure = failure
        self.digest = digest
        self.entry = entry
        self.signature = signature
        self.createdAt = createdAt
        self.endedAt = endedAt
    }

    /// The payment as a wallet may see it, or as everybody of the organisation does who is bound to
    /// none.
    ///
    /// Whoever is paid learns what came, and nothing of what is the payer's own: policy and
    /// approval, what they said, what was left, what a rail took, and why it failed.
    public func seen(by reader: Wallet.ID?) -> PaymentSnapshot {
        guard let reader, reader != wallet else { return self }
        var seen = self
        seen.payerBalance = nil
        seen.fee = nil
        seen.policy = nil
        seen.violations = nil
        seen.approval = nil
        seen.failure = nil
        return seen
    }
}

/// What kind of movement a transaction of the API is.
public enum PaymentType: String, Codable, CaseIterable, Sendable {
    /// A wallet paid a destination.
    case payment
    /// The organisation's reserve funded a wallet.
    case funding
    /// A wallet's money went back to the organisation's reserve.
    case defunding
    /// A wallet's money was locked in an escrow.
    case escrow
    /// Money of an escrow went to its receiver.
    case escrowRelease = "escrow_release"
    /// Money of an escrow went back to its payer.
    case escrowRefund = "escrow_refund"
    /// Money of a group account went to a wallet.
    case groupRelease = "group_release"
    /// A payout of a batch came into a wallet.
    case payout
}

/// What has become of a payment.
public enum PaymentStatus: String, Codable, CaseIterable, Sendable {
    /// The money moved, durably.
    case confirmed
    /// The money is on its way over a rail.
    case pending
    /// Policy or a person said no; the money never moves.
    case blocked
    /// Settlement could not carry it out; the money never moves.
    case failed
    /// A person must say yes first.
    case awaitingApproval = "awaiting_approval"
}
