/// A page of payments.
public struct PaymentList: Message {
    public static let wireName = "settlement.payment-list.v1"

    /// The payments.
    public var payments: [PaymentSnapshot]

    /// Where the list goes on, if it does.
    public var next: PagePosition?

    /// Creates a reply.
    public init(
        payments: [PaymentSnapshot],
        next: PagePosition? = nil
    ) {
        self.payments = payments
        self.next = next
    }
}
