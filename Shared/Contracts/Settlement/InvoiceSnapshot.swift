/// An invoice that the platform issued, as its wallet sees it.
public struct InvoiceSnapshot: Codable, Hashable, Sendable {
    /// The wallet that is paid.
    public var wallet: Wallet.ID

    /// The invoice, signed by the platform's node.
    public var text: String

    /// What it is known by: the SHA-256 of the preimage, in hexadecimal.
    public var paymentHash: String

    /// What proves a payment, in hexadecimal; only its wallet is told.
    public var preimage: String

    /// The amount in thousandths of a satoshi, or absent when the payer chooses it.
    public var millisatoshis: Int64?

    /// What is paid for.
    public var description: String

    /// The payment that paid it.
    public var payment: Payment.ID?

    /// When it was paid.
    public var paidAt: Timestamp?

    /// When it cannot be paid any more.
    public var expiresAt: Timestamp

    /// When it was issued.
    public var createdAt: Timestamp

    /// Creates a value.
    public init(
        wallet: Wallet.ID,
        text: String,
        paymentHash: String,
        preimage: String,
        millisatoshis: Int64? = nil,
        description: String,
        payment: Payment.ID? = nil,
        paidAt: Timestamp? = nil,
        expiresAt: Timestamp,
        createdAt: Timestamp
    ) {
        self.wallet = wallet
        self.text = text
        self.paymentHash = paymentHash
        self.preimage = preimage
        self.millisatoshis = millisatoshis
        self.description = description
        self.payment = payment
        self.paidAt = paidAt
        self.expiresAt = expiresAt
        self.createdAt = createdAt
    }
}
