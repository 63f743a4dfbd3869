/// An approval as its readers see it.
public struct ApprovalSnapshot: Codable, Hashable, Sendable {
    /// The identifier.
    public var id: Approval.ID

    /// The status.
    public var status: Status

    /// The exact action.
    public var order: PaymentOrder

    /// The SHA-256 of the exact action, in hexadecimal.
    public var digest: String

    /// The policy that asks for it.
    public var policy: Policy.ID

    /// The version of the policy that it is bound to.
    public var policyVersion: Int

    /// When it was asked for.
    public var createdAt: Timestamp

    /// When it expires undecided.
    public var expiresAt: Timestamp

    /// The key of the person who decided.
    public var decidedBy: APIKey.ID?

    /// When it was decided.
    public var decidedAt: Timestamp?

    /// What the person said, or why the payment does not happen although a person said yes, or has
    /// no need of one any more.
    public var reason: String?

    /// The rules that the payment violated when the person said yes.
    public var violations: [Violation]?

    /// Creates a value.
    public init(
        id: Approval.ID,
        status: Status,
        order: PaymentOrder,
        digest: String,
        policy: Policy.ID,
        policyVersion: Int,
        createdAt: Timestamp,
        expiresAt: Timestamp,
        decidedBy: APIKey.ID? = nil,
        decidedAt: Timestamp? = nil,
        reason: String? = nil,
        violations: [Violation]? = nil
    ) {
        self.id = id
        self.status = status
        self.order = order
        self.digest = digest
        self.policy = policy
        self.policyVersion = policyVersion
        self.createdAt = createdAt
        self.expiresAt = expiresAt
        self.decidedBy = decidedBy
        self.decidedAt = decidedAt
        self.reason = reason
        self.violations = violations
    }
}

extension ApprovalSnapshot {
    /// What has become of an approval.
    public enum Status: String, Codable, CaseIterable, Sendable {
        /// Nobody has decided.
        case pending
        /// A person said yes, and the payment went on.
        case approved
        /// A person said no.
        case denied
        /// Nobody decided in time, or the policy's rules changed.
        case expired
    }
}
