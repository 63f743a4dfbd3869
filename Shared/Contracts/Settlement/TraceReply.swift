/// What a trace stands for, in answer to ``FindTrace``.
public struct TraceReply: Message {
    public static let wireName = "settlement.trace-reply.v1"

    /// Whether it was paid.
    public var isPaid: Bool

    /// Whether the trace stands for something else than what was asked about.
    public var isOther: Bool?

    /// The payment, if the asker may see it.
    public var payment: PaymentSnapshot?

    /// Creates a reply.
    public init(isPaid: Bool, isOther: Bool? = nil, payment: PaymentSnapshot? = nil) {
        self.isPaid = isPaid
        self.isOther = isOther
        self.payment = payment
    }
}
