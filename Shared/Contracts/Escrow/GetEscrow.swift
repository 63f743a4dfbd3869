/// A question for one escrow.
public struct GetEscrow: Query {
    public typealias Reply = EscrowReply

    public static let wireName = "escrow.get-escrow.v1"
    public static let service = ServiceName.escrow

    /// The escrow.
    public var escrow: Escrow.ID

    /// The organisation that asks.
    public var organisation: Organisation.ID

    /// The wallet that must be a party to it, or absent for any.
    public var party: Wallet.ID?

    /// Creates a query.
    public init(
        escrow: Escrow.ID,
        organisation: Organisation.ID,
        party: Wallet.ID? = nil
    ) {
        self.escrow = escrow
        self.organisation = organisation
        self.party = party
    }
}
