/// A rule that a payment violated, with its numbers.
public struct Violation: Codable, Hashable, Sendable {
    /// The rule.
    public var rule: PolicyRule

    /// The limit: a decimal amount, a count, an instant, or a list in words.
    public var limit: String

    /// What was attempted, in the same terms.
    public var attempted: String

    /// What the window already held, for a rule with a window.
    public var used: String?

    /// When enough of the window frees for this payment, if waiting helps.
    public var freesAt: Timestamp?

    /// Creates a violation.
    public init(
        rule: PolicyRule,
        limit: String,
        attempted: String,
        used: String? = nil,
        freesAt: Timestamp? = nil
    ) {
        self.rule = rule
        self.limit = limit
        self.attempted = attempted
        self.used = used
        self.freesAt = freesAt
    }
}
