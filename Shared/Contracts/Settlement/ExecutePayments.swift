/// A command to carry decisions on payments out: move the money, or record that it must not move.
///
/// A payment whose identifier is known is not carried out again; its first outcome is answered.
public struct ExecutePayments: Command {
    public static let wireName = "settlement.execute-payments.v1"

    /// The payments, in the order of their decisions.
    public var payments: [DecidedPayment]

    /// Creates a command.
    public init(
        payments: [DecidedPayment]
    ) {
        self.payments = payments
    }
}

extension ExecutePayments: MergeableMessage {
    public var itemCount: Int { payments.count }

    public mutating func merge(_ other: ExecutePayments) {
        payments += other.payments
    }

    public func slice(_ range: Range<Int>) -> ExecutePayments {
        ExecutePayments(payments: Array(payments[range]))
    }
}
