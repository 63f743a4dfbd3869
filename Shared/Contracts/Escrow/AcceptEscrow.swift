/// A request of the payer to release the money of a completed escrow.
public struct AcceptEscrow: Request {
    public typealias Reply = EscrowReply

    public static let wireName = "escrow.accept-escrow.v1"
    public static let service = ServiceName.escrow

    /// The escrow.
    public var escrow: Escrow.ID

    /// The organisation that asks.
    public var organisation: Organisation.ID

    /// The wallet whose agent asks; absent for an operator, who acts for any.
    public var actor: Wallet.ID?

    /// Creates a request.
    public init(
        escrow: Escrow.ID,
        organisation: Organisation.ID,
        actor: Wallet.ID? = nil
    ) {
        self.escrow = escrow
        self.organisation = organisation
        self.actor = actor
    }
}
