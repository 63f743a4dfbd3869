/// One rule with its numbers, in answer to a simulation.
public struct RuleResult: Codable, Hashable, Sendable {
    /// The rule.
    public var rule: PolicyRule

    /// The limit, in the terms of a violation.
    public var limit: String

    /// What was attempted.
    public var attempted: String

    /// What the window already holds, for a rule with a window.
    public var used: String?

    /// When enough of the window frees for this payment, if waiting helps.
    public var freesAt: Timestamp?

    /// Whether the payment keeps the rule.
    public var passed: Bool

    /// Creates a value.
    public init(
        rule: PolicyRule,
        limit: String,
        attempted: String,
        used: String? = nil,
        freesAt: Timestamp? = nil,
        passed: Bool
    ) {
        self.rule = rule
        self.limit = limit
        self.attempted = attempted
        self.used = used
        self.freesAt = freesAt
        self.passed = passed
    }
}
