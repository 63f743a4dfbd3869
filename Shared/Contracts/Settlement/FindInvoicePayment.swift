/// A question for a wallet's payment of an invoice, whoever issued it.
///
/// A payment that failed gave the invoice free, and is not found any more.
public struct FindInvoicePayment: Query {
    public typealias Reply = PaymentReply

    public static let wireName = "settlement.find-invoice-payment.v1"
    public static let service = ServiceName.settlement

    /// The organisation that asks.
    public var organisation: Organisation.ID

    /// The wallet that paid.
    public var wallet: Wallet.ID

    /// The invoice's payment hash in hexadecimal.
    public var paymentHash: String

    /// Creates a query.
    public init(organisation: Organisation.ID, wallet: Wallet.ID, paymentHash: String) {
        self.organisation = organisation
        self.wallet = wallet
        self.paymentHash = paymentHash
    }
}
