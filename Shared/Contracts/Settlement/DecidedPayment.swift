/// A payment with Policy's decision.
public struct DecidedPayment: Codable, Hashable, Sendable {
    /// The payment.
    public var order: PaymentOrder

    /// The policy that decided.
    public var policy: Policy.ID

    /// The most that a rail may take beside the amount: it was reserved with it.
    ///
    /// It is 0 when the destination was the organisation's own, and absent when no rail can pay it.
    public var fee: MinorUnits?

    /// Whom the decision is about, where the policy has lists: nobody else is paid on it.
    ///
    /// A destination may get another owner between the decision and the payment.
    public var recipient: JudgedRecipient?

    /// The decision.
    public var decision: Decision

    /// Creates a value.
    public init(
        order: PaymentOrder,
        policy: Policy.ID,
        fee: MinorUnits? = nil,
        recipient: JudgedRecipient? = nil,
        decision: Decision
    ) {
        self.order = order
        self.policy = policy
        self.fee = fee
        self.recipient = recipient
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
