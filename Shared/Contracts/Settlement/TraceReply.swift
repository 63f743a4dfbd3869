/// What a trace stands for, in answer to ``FindTrace``.
public struct TraceReply: Message {
    public static let wireName = "settlement.trace-reply.v1"

    /// Whether it was paid.
    public var isPaid: Bool

    /// The payment, if the asker may see it.
    public var payment: PaymentSnapshot?

    /// Creates a reply.
    public init(isPaid: Bool, payment: PaymentSnapshot? = nil) {
        self.isPaid = isPaid
        self.payment = payment
    }
}
