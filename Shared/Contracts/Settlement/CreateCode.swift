/// A request for a payment code.
///
/// A trace that stands for something else is an idempotency conflict.
public struct CreateCode: Request {
    public typealias Reply = CodeReply

    public static let wireName = "settlement.create-code.v1"
    public static let service = ServiceName.settlement

    /// The organisation that asks.
    public var organisation: Organisation.ID

    /// The wallet of the asker's key.
    public var wallet: Wallet.ID?

    /// The code, made by the sender: a lower-case UUID.
    public var code: String

    /// The trace of the payment that pays it, a lower-case UUID.
    public var trace: String

    /// What it asks for.
    public var amount: Money

    /// How many of the receivers must sign, 1 to the number of distinct ones.
    public var threshold: Int

    /// The receivers, 1 to 256 lower-case UUIDs.
    public var receivers: [String]

    /// A note, at most 200 characters.
    public var memo: String

    /// Creates a request.
    public init(
        organisation: Organisation.ID,
        wallet: Wallet.ID? = nil,
        code: String,
        trace: String,
        amount: Money,
        threshold: Int,
        receivers: [String],
        memo: String
    ) {
        self.organisation = organisation
        self.wallet = wallet
        self.code = code
        self.trace = trace
        self.amount = amount
        self.threshold = threshold
        self.receivers = receivers
        self.memo = memo
    }
}
