/// A question for group accounts, newest first.
public struct ListGroups: Query {
    public typealias Reply = GroupList

    public static let wireName = "settlement.list-groups.v1"
    public static let service = ServiceName.settlement

    /// The organisation that asks.
    public var organisation: Organisation.ID

    /// Only those that this wallet is a member of.
    public var wallet: Wallet.ID?

    /// Which part of the list.
    public var page: PageRequest

    /// Creates a query.
    public init(organisation: Organisation.ID, wallet: Wallet.ID? = nil, page: PageRequest) {
        self.organisation = organisation
        self.wallet = wallet
        self.page = page
    }
}
