/// One payout, as far as a policy asks.
public struct BatchPayment: Codable, Hashable, Sendable {
    /// The phone number.
    public var phone: String

    /// The amount in minor units of ``Asset/dzar``.
    public var amount: MinorUnits

    /// Creates a value.
    public init(
        phone: String,
        amount: MinorUnits
    ) {
        self.phone = phone
        self.amount = amount
    }
}
