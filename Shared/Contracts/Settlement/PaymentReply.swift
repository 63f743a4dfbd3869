/// A payment, in answer to a request or a question.
public struct PaymentReply: Message {
    public static let wireName = "settlement.payment-reply.v1"

    /// The payment.
    public var payment: PaymentSnapshot

    /// Whether the payment existed before the request; absent in answer to a question.
    public var isReplay: Bool?

    /// The balances of the wallet, after a funding or defunding.
    public var balances: [Balance]?

    /// What had frozen the wallet that could not pay, if that is known.
    public var freeze: WalletFreeze?

    /// Creates a reply.
    public init(
        payment: PaymentSnapshot,
        isReplay: Bool? = nil,
        balances: [Balance]? = nil,
        freeze: WalletFreeze? = nil
    ) {
        self.payment = payment
        self.isReplay = isReplay
        self.balances = balances
        self.freeze = freeze
    }
}
