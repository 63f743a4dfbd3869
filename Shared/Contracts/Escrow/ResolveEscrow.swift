/// A request of an operator or the arbiter to end a dispute.
public struct ResolveEscrow: Request {
    public typealias Reply = EscrowReply

    public static let wireName = "escrow.resolve-escrow.v1"
    public static let service = ServiceName.escrow

    /// The escrow.
    public var escrow: Escrow.ID

    /// The organisation that asks.
    public var organisation: Organisation.ID

    /// The wallet whose agent asks; absent for an operator, who acts for any.
    public var actor: Wallet.ID?

    /// The key that asks.
    public var key: APIKey.ID?

    /// Who gets the money.
    public var decision: EscrowDecision

    /// What the receiver gets of a split; the payer gets the rest.
    public var toReceiver: Money?

    /// Creates a request.
    public init(
        escrow: Escrow.ID,
        organisation: Organisation.ID,
        actor: Wallet.ID? = nil,
        key: APIKey.ID? = nil,
        decision: EscrowDecision,
        toReceiver: Money? = nil
    ) {
        self.escrow = escrow
        self.organisation = organisation
        self.actor = actor
        self.key = key
        self.decision = decision
        self.toReceiver = toReceiver
    }
}
