/// The past payments that a policy would have decided otherwise.
public struct HistorySimulation: Message {
    public static let wireName = "policy.history-simulation.v1"

    /// The number of payments that were replayed.
    public var paymentCount: Int

    /// Those that were approved and would be denied, oldest first.
    public var wouldBeDenied: [Denial]

    /// Those that were denied and would be approved, oldest first.
    public var wouldBeApproved: [Payment.ID]

    /// Creates a reply.
    public init(
        paymentCount: Int,
        wouldBeDenied: [Denial],
        wouldBeApproved: [Payment.ID]
    ) {
        self.paymentCount = paymentCount
        self.wouldBeDenied = wouldBeDenied
        self.wouldBeApproved = wouldBeApproved
    }
}

extension HistorySimulation {
    /// A payment that would be denied.
    public struct Denial: Codable, Hashable, Sendable {
        /// The payment.
        public var payment: Payment.ID

        /// The rules that it would violate.
        public var violations: [Violation]

        /// Creates a denial.
        public init(payment: Payment.ID, violations: [Violation]) {
            self.payment = payment
            self.violations = violations
        }
    }
}
