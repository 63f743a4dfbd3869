/// A command of Escrow to decide the locking of money and to pass each decision on to Settlement.
///
/// It is decided as ``AuthorizePayments`` is. What leaves no payment, for example an unknown
/// wallet, is answered with ``RecordLocks``.
public struct AuthorizeLocks: Command {
    public static let wireName = "policy.authorize-locks.v1"

    /// The payments into escrows; each has its ``PaymentOrder/escrow``.
    public var payments: [PaymentOrder]

    /// Creates a command.
    public init(payments: [PaymentOrder]) {
        self.payments = payments
    }
}

extension AuthorizeLocks: MergeableMessage {
    public var itemCount: Int { payments.count }

    public mutating func merge(_ other: AuthorizeLocks) {
        payments += other.payments
    }

    public func slice(_ range: Range<Int>) -> AuthorizeLocks {
        AuthorizeLocks(payments: Array(payments[range]))
    }
}
