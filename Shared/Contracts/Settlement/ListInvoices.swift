/// A question for a wallet's invoices that wait to be paid, oldest first.
public struct ListInvoices: Query {
    public typealias Reply = InvoiceList

    public static let wireName = "settlement.list-invoices.v1"
    public static let service = ServiceName.settlement

    /// The organisation that asks.
    public var organisation: Organisation.ID

    /// The wallet that they pay.
    public var wallet: Wallet.ID

    /// The greatest number of invoices, 1 to 1,000; of more, the newest.
    public var limit: Int

    /// Creates a query.
    public init(organisation: Organisation.ID, wallet: Wallet.ID, limit: Int) {
        self.organisation = organisation
        self.wallet = wallet
        self.limit = limit
    }
}
