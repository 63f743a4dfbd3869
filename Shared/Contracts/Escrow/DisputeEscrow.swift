/// A request of a party to keep the money until somebody resolves the dispute.
public struct DisputeEscrow: Request {
    public typealias Reply = EscrowReply

    public static let wireName = "escrow.dispute-escrow.v1"
    public static let service = ServiceName.escrow

    /// The escrow.
    public var escrow: Escrow.ID

    /// The organisation that asks.
    public var organisation: Organisation.ID

    /// The wallet whose agent asks; absent for an operator, who acts for any.
    public var actor: Wallet.ID?

    /// Why, 1 to 2,000 characters.
    public var reason: String

    /// What shows it, 1 to 4,096 characters.
    public var evidence: String?

    /// Creates a request.
    public init(
        escrow: Escrow.ID,
        organisation: Organisation.ID,
        actor: Wallet.ID? = nil,
        reason: String,
        evidence: String? = nil
    ) {
        self.escrow = escrow
        self.organisation = organisation
        self.actor = actor
        self.reason = reason
        self.evidence = evidence
    }
}
