/// A request to move money from a wallet back to the reserve.
///
/// Only what the wallet can spend is moved: more is refused with `insufficient_funds` and uses no
/// key up. A frozen wallet's money can be taken back, a closed wallet has none.
public struct DefundWallet: Request {
    public typealias Reply = PaymentReply

    public static let wireName = "settlement.defund-wallet.v1"
    public static let service = ServiceName.settlement

    /// The organisation that asks.
    public var organisation: Organisation.ID

    /// The identifier of the movement: derived from the idempotency key, or random without one.
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
