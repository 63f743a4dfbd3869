/// A question for the wallets of an organisation, newest first.
public struct ListWallets: Query {
    public typealias Reply = WalletList

    public static let wireName = "settlement.list-wallets.v1"
    public static let service = ServiceName.settlement

    /// The organisation that asks.
    public var organisation: Organisation.ID

    /// Only those of a status.
    public var status: WalletSnapshot.Status?

    /// Only the one of this agent.
    public var agent: String?

    /// Only those with this tag.
    public var tag: String?

    /// Which part.
    public var page: PageRequest

    /// Creates a query.
    public init(
        organisation: Organisation.ID,
        status: WalletSnapshot.Status? = nil,
        agent: String? = nil,
        tag: String? = nil,
        page: PageRequest
    ) {
        self.organisation = organisation
        self.status = status
        self.agent = agent
        self.tag = tag
        self.page = page
    }
}
