/// A request for a Lightning invoice that pays a wallet; Policy takes note of whose it is, and
/// answers.
///
/// The same identifier gets the same invoice.
public struct IssueInvoice: Request {
    public typealias Reply = DestinationReply

    public static let wireName = "settlement.issue-invoice.v1"
    public static let service = ServiceName.settlement

    /// The organisation that asks.
    public var organisation: Organisation.ID

    /// What the sender knows the invoice by, 1 to 64 characters.
    public var id: String

    /// The wallet that is paid.
    public var wallet: Wallet.ID

    /// The amount in thousandths of a satoshi; absent when the payer chooses it.
    public var millisatoshis: Int64?

    /// What is paid for, at most 639 bytes.
    public var description: String

    /// The seconds after which it cannot be paid, 60 to 31,536,000.
    public var expirySeconds: Int64

    /// Creates a request.
    public init(
        organisation: Organisation.ID,
        id: String,
        wallet: Wallet.ID,
        millisatoshis: Int64? = nil,
        description: String,
        expirySeconds: Int64
    ) {
        self.organisation = organisation
        self.id = id
        self.wallet = wallet
        self.millisatoshis = millisatoshis
        self.description = description
        self.expirySeconds = expirySeconds
    }
}
