/// A request to remove an entry of the directory.
///
/// Policy answers.
public struct RemoveDestination: Request {
    public typealias Reply = DestinationReply

    public static let wireName = "settlement.remove-destination.v1"
    public static let service = ServiceName.settlement

    /// The organisation that asks.
    public var organisation: Organisation.ID

    /// The wallet.
    public var wallet: Wallet.ID

    /// The entry.
    public var entry: DirectoryEntry.ID

    /// Creates a request.
    public init(
        organisation: Organisation.ID,
        wallet: Wallet.ID,
        entry: DirectoryEntry.ID
    ) {
        self.organisation = organisation
        self.wallet = wallet
        self.entry = entry
    }
}
