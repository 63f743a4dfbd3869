/// A question for the wallets of Mixin users, and for the users of wallets.
public struct FindUsers: Query {
    public typealias Reply = UserList

    public static let wireName = "settlement.find-users.v1"
    public static let service = ServiceName.settlement

    /// The organisation that asks.
    public var organisation: Organisation.ID

    /// Users, lower-case UUIDs.
    public var users: [String]

    /// Wallets.
    public var wallets: [Wallet.ID]

    /// Creates a query.
    public init(organisation: Organisation.ID, users: [String] = [], wallets: [Wallet.ID] = []) {
        self.organisation = organisation
        self.users = users
        self.wallets = wallets
    }
}
