/// A request to move money from the reserve to a wallet.
///
/// Too little in the reserve is refused and uses no key up: it is no denial.
public struct FundWallet: Request {
    public typealias Reply = PaymentReply

    public static let wireName = "settlement.fund-wallet.v1"
    public static let service = ServiceName.settlement

    /// The organisation that asks.
    public var organisation: Organisation.ID

    /// The identifier of the funding: derived from the idempotency key, or random without one.
    public var id: Payment.ID

    /// The wallet.
    public var wallet: Wallet.ID

    /// The amount.
    public var amount: Money

    /// The amount as the client wrote it, with at least two places.
    public var amountText: String

    /// The SHA-256 of the request's content, in hexadecimal.
    public var digest: String

    /// Creates a request.
    public init(
        organisation: Organisation.ID,
        id: Payment.ID,
        wallet: Wallet.ID,
        amount: Money,
        amountText: String,
        digest: String
    ) {
        self.organisation = organisation
        self.id = id
        self.wallet = wallet
        self.amount = amount
        self.amountText = amountText
        self.digest = digest
    }
}
