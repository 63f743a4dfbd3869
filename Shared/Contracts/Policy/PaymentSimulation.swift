/// What a policy would decide.
public struct PaymentSimulation: Message {
    public static let wireName = "policy.payment-simulation.v1"

    /// The decision.
    public var decision: Decision

    /// The violated rules, in order.
    public var violations: [Violation]

    /// Every rule that the policy has, in order.
    public var rules: [RuleResult]

    /// Creates a reply.
    public init(
        decision: Decision,
        violations: [Violation],
        rules: [RuleResult]
    ) {
        self.decision = decision
        self.violations = violations
        self.rules = rules
    }
}

extension PaymentSimulation {
    /// What is decided of a payment.
    public enum Decision: String, Codable, CaseIterable, Sendable {
        /// It may go ahead.
        case approved
        /// It violates a rule.
        case denied
        /// It keeps all rules and a person must say yes.
        case needsApproval = "needs_approval"
    }
}
