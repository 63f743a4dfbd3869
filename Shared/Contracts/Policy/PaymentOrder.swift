/// A payment as its payer asks for it, before anything was decided.
public struct PaymentOrder: Codable, Hashable, Sendable {
    /// The payment's identifier: derived from the idempotency key, or random without one.
    public var id: Payment.ID

    /// The organisation of the payer.
    public var organisation: Organisation.ID

    /// The wallet that pays.
    public var wallet: Wallet.ID

    /// The parsed destination.
    public var destination: Destination

    /// The destination as the client wrote it, which the answers repeat.
    public var recipient: String

    /// The amount.
    public var amount: Money

    /// The amount as the client wrote it, with at least two places.
    public var amountText: String

    /// The client's note, at most 1,000 characters.
    public var memo: String?

    /// What the client wants to find again: the text of a JSON object, at most 4 KiB.
    public var metadata: String?

    /// What whoever is paid over a rail is told, at most 1,000 characters; the memo stays here.
    public var comment: String?

    /// What the payment is known by to all payers of the organisation, a lower-case UUID: it is
    /// paid once, whoever pays.
    public var trace: String?

    /// The SHA-256 of the request's content in hexadecimal: what the same idempotency key must
    /// repeat.
    public var digest: String

    /// Where the answer goes.
    public var returnAddress: ReturnAddress?

    /// The escrow that locks the money, which has the payment's identifier with another prefix.
    ///
    /// The money goes to the escrow's ledger account, and the outcome to Escrow.
    public var escrow: Escrow.ID?

    /// The key that asks, which cannot approve what it has asked for.
    public var requester: APIKey.ID?

    /// What the client's request is known by, in answers and logs: at most 128 printable ASCII
    /// characters.
    public var request: String?

    /// The request of several payments that this one is a part of; Policy keeps it, and passes the
    /// order on without it.
    public var compound: CompoundRequest?

    /// Creates an order.
    public init(
        id: Payment.ID,
        organisation: Organisation.ID,
        wallet: Wallet.ID,
        destination: Destination,
        recipient: String,
        amount: Money,
        amountText: String,
        memo: String? = nil,
        metadata: String? = nil,
        comment: String? = nil,
        trace: String? = nil,
        digest: String,
        returnAddress: ReturnAddress? = nil,
        escrow: Escrow.ID? = nil,
        requester: APIKey.ID? = nil,
        request: String? = nil,
        compound: CompoundRequest? = nil
    ) {
        self.id = id
        self.organisation = organisation
        self.wallet = wallet
        self.destination = destination
        self.recipient = recipient
        self.amount = amount
        self.amountText = amountText
        self.memo = memo
        self.metadata = metadata
        self.comment = comment
        self.trace = trace
        self.digest = digest
        self.returnAddress = returnAddress
        self.escrow = escrow
        self.requester = requester
        self.request = request
        self.compound = compound
    }
}
