/// Payments by their place, in answer to ``BrowsePayments``.
public struct PaymentPage: Message {
    public static let wireName = "settlement.payment-page.v1"

    /// The payments.
    public var payments: [PaymentSnapshot]

    /// How many there are in all.
    public var total: Int

    /// Creates a reply.
    public init(payments: [PaymentSnapshot], total: Int) {
        self.payments = payments
        self.total = total
    }
}
