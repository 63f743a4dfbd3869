/// A question for a group account.
public struct GetGroup: Query {
    public typealias Reply = GroupReply

    public static let wireName = "settlement.get-group.v1"
    public static let service = ServiceName.settlement

    /// The organisation that asks.
    public var organisation: Organisation.ID

    /// The group.
    public var group: GroupAccount.ID

    /// Only if this wallet is one of its members.
    public var wallet: Wallet.ID?

    /// Creates a query.
    public init(organisation: Organisation.ID, group: GroupAccount.ID, wallet: Wallet.ID? = nil) {
        self.organisation = organisation
        self.group = group
        self.wallet = wallet
    }
}
