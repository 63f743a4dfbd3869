/// What has become of one payment.
public struct PaymentOutcome: Codable, Hashable, Sendable {
    /// What the waiting instance knows the request by.
    public var correlationID: String

    /// The payment, unless the request was refused.
    public var payment: PaymentSnapshot?

    /// Whether the payment existed before this request.
    public var isReplay: Bool

    /// Why there is no payment.
    public var refusal: RequestRefused?

    /// Creates a value.
    public init(
        correlationID: String,
        payment: PaymentSnapshot? = nil,
        isReplay: Bool,
        refusal: RequestRefused? = nil
    ) {
        self.correlationID = correlationID
        self.payment = payment
        self.isReplay = isReplay
        self.refusal = refusal
    }
}
