/// A question for a wallet's entries in the directory, newest first.
public struct ListDestinations: Query {
    public typealias Reply = DestinationList

    public static let wireName = "settlement.list-destinations.v1"
    public static let service = ServiceName.settlement

    /// The organisation that asks.
    public var organisation: Organisation.ID

    /// The wallet.
    public var wallet: Wallet.ID

    /// Which part.
    public var page: PageRequest

    /// Creates a query.
    public init(
        organisation: Organisation.ID,
        wallet: Wallet.ID,
        page: PageRequest
    ) {
        self.organisation = organisation
        self.wallet = wallet
        self.page = page
    }
}
