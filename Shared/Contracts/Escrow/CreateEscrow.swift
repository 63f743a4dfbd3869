/// A request to lock a payer's money until work is done.
///
/// A repeated identifier with the same digest meets its first outcome; with another digest it is
/// refused as a conflict.
public struct CreateEscrow: Request {
    public typealias Reply = EscrowReply

    public static let wireName = "escrow.create-escrow.v1"
    public static let service = ServiceName.escrow

    /// The escrow's identifier: derived from the idempotency key, or random without one.
    public var id: Escrow.ID

    /// The organisation that asks.
    public var organisation: Organisation.ID

    /// The wallet that pays.
    public var payer: Wallet.ID

    /// Who gets the money.
    public var receiver: Destination

    /// The receiver as the client wrote it, which the answers repeat.
    public var receiverText: String

    /// The amount.
    public var amount: Money

    /// The amount as the client wrote it, with at least two places.
    public var amountText: String

    /// What must be done, and by when.
    public var conditions: EscrowConditions

    /// The SHA-256 of the request's content in hexadecimal: what a repeat must repeat.
    public var digest: String

    /// The key that asks, which cannot approve what it has asked for.
    public var requester: APIKey.ID?

    /// Creates a request.
    public init(
        id: Escrow.ID,
        organisation: Organisation.ID,
        payer: Wallet.ID,
        receiver: Destination,
        receiverText: String,
        amount: Money,
        amountText: String,
        conditions: EscrowConditions,
        digest: String,
        requester: APIKey.ID? = nil
    ) {
        self.id = id
        self.organisation = organisation
        self.payer = payer
        self.receiver = receiver
        self.receiverText = receiverText
        self.amount = amount
        self.amountText = amountText
        self.conditions = conditions
        self.digest = digest
        self.requester = requester
    }
}
