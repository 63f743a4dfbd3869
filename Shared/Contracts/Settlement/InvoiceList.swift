/// Invoices that wait to be paid, in answer to ``ListInvoices``.
public struct InvoiceList: Message {
    public static let wireName = "settlement.invoice-list.v1"

    /// The invoices, oldest first.
    public var invoices: [InvoiceSnapshot]

    /// Creates a reply.
    public init(invoices: [InvoiceSnapshot]) {
        self.invoices = invoices
    }
}
