/// A question for an invoice that the platform issued.
public struct GetInvoice: Query {
    public typealias Reply = InvoiceReply

    public static let wireName = "settlement.get-invoice.v1"
    public static let service = ServiceName.settlement

    /// The organisation that asks.
    public var organisation: Organisation.ID

    /// Only if it pays this wallet.
    public var wallet: Wallet.ID?

    /// The payment hash or the preimage in hexadecimal, or the invoice.
    public var reference: String

    /// Creates a query.
    public init(organisation: Organisation.ID, wallet: Wallet.ID? = nil, reference: String) {
        self.organisation = organisation
        self.wallet = wallet
        self.reference = reference
    }
}
