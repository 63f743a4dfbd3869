/// A question for the escrows of an organisation, newest first.
public struct ListEscrows: Query {
    public typealias Reply = EscrowList

    public static let wireName = "escrow.list-escrows.v1"
    public static let service = ServiceName.escrow

    /// The organisation that asks.
    public var organisation: Organisation.ID

    /// Only those that this wallet is a party to.
    public var party: Wallet.ID?

    /// Only those of a status.
    public var status: EscrowStatus?

    /// Which part.
    public var page: PageRequest

    /// Creates a query.
    public init(
        organisation: Organisation.ID,
        party: Wallet.ID? = nil,
        status: EscrowStatus? = nil,
        page: PageRequest
    ) {
        self.organisation = organisation
        self.party = party
        self.status = status
        self.page = page
    }
}
