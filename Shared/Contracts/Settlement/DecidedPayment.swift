/// A payment with Policy's decision.
public struct DecidedPayment: Codable, Hashable, Sendable {
    /// The payment.
    public var order: PaymentOrder

    /// The policy that decided.
    public var policy: Policy.ID

    /// The decision.
    public var decision: Decision

    /// Creates a value.
    public init(
        order: PaymentOrder,
        policy: Policy.ID,
        decision: Decision
    ) {
        self.order = order
        self.policy = policy
        self.decision = decision
    }
}

extension DecidedPayment {
    /// What Policy decided of a payment.
    public enum Decision: Codable, Hashable, Sendable {
        /// The money may move: it is reserved in every window.
        case approved
        /// The money may move because a person said yes.
        case approvedByPerson(approval: Approval.ID)
        /// The money must not move, for all these reasons.
        case denied(violations: [Violation])
        /// The money must not move before a person says yes.
        case needsApproval(approval: Approval.ID)
        /// The money must not move: the approval was denied or has expired.
        case notApproved(approval: Approval.ID, status: ApprovalSnapshot.Status)
    }
}
