/// Why a payment was decided as it was.
public struct PaymentExplanation: Message {
    public static let wireName = "policy.payment-explanation.v1"

    /// The payment.
    public var payment: Payment.ID

    /// What was decided.
    public var decision: PaymentSimulation.Decision

    /// When.
    public var decidedAt: Timestamp

    /// The policy that decided.
    public var policy: Policy.ID

    /// The policy's name, in the version that decided.
    public var policyName: String

    /// The version that decided.
    public var policyVersion: Int

    /// The version of now, or `nil` when the policy is no more.
    public var currentVersion: Int?

    /// Every rule that the policy had, in order; of a rule that was violated, the numbers of then.
    public var rules: [RuleResult]

    /// The violated rules with their numbers, in order.
    public var violations: [Violation]

    /// The approval that it needs or had.
    public var approval: ApprovalSnapshot?

    /// The key that asked for the payment, which cannot approve it; older payments do not have it.
    public var requester: APIKey.ID?

    /// What the client's request is known by, in answers and logs; older payments do not have it.
    public var request: String?

    /// Creates a reply.
    public init(
        payment: Payment.ID,
        decision: PaymentSimulation.Decision,
        decidedAt: Timestamp,
        policy: Policy.ID,
        policyName: String,
        policyVersion: Int,
        currentVersion: Int? = nil,
        rules: [RuleResult],
        violations: [Violation],
        approval: ApprovalSnapshot? = nil,
        requester: APIKey.ID? = nil,
        request: String? = nil
    ) {
        self.payment = payment
        self.decision = decision
        self.decidedAt = decidedAt
        self.policy = policy
        self.policyName = policyName
        self.policyVersion = policyVersion
        self.currentVersion = currentVersion
        self.rules = rules
        self.violations = violations
        self.approval = approval
        self.requester = requester
        self.request = request
    }
}
