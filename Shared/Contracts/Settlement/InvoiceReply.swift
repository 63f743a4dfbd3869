/// An invoice, in answer to a request or a question.
public struct InvoiceReply: Message {
    public static let wireName = "settlement.invoice-reply.v1"

    /// The invoice.
    public var invoice: InvoiceSnapshot

    /// Creates a reply.
    public init(invoice: InvoiceSnapshot) {
        self.invoice = invoice
    }
}
