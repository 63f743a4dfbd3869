/// A request to decide payments and to pass each decision on to Settlement, which answers.
///
/// A repeated identifier with the same digest meets its first outcome; with another digest it is
/// refused as a conflict.
public struct AuthorizePayments: MergeableRequest {
    public typealias Reply = PaymentOutcomes

    public static let wireName = "policy.authorize-payments.v1"
    public static let service = ServiceName.policy

    /// The payments, at most 1,000; each is decided on its own, in order.
    public var payments: [PaymentOrder]

    /// Creates a request.
    public init(payments: [PaymentOrder]) {
        self.payments = payments
    }

    public var itemCount: Int { payments.count }

    public mutating func merge(_ other: AuthorizePayments) {
        payments += other.payments
    }

    public func slice(_ range: Range<Int>) -> AuthorizePayments {
        AuthorizePayments(payments: Array(payments[range]))
    }

    public var returnAddress: ReturnAddress? { payments.first?.returnAddress }

    public mutating func setReturnAddress(_ address: ReturnAddress) {
        for index in payments.indices {
            payments[index].returnAddress = address
        }
    }
}
