/// What a payment's rail has taken beside the amount.
public struct TakenFee: Codable, Hashable, Sendable {
    /// The payment.
    public var payment: Payment.ID

    /// The fee, at most what was reserved for it.
    public var fee: MinorUnits

    /// Creates a value.
    public init(payment: Payment.ID, fee: MinorUnits) {
        self.payment = payment
        self.fee = fee
    }
}
