/// A request to put a destination of a wallet into the directory.
///
/// A destination belongs to one wallet at most: another wallet's is a conflict. Policy answers.
public struct RegisterDestination: Request {
    public typealias Reply = DestinationReply

    public static let wireName = "settlement.register-destination.v1"
    public static let service = ServiceName.settlement

    /// The organisation that asks.
    public var organisation: Organisation.ID

    /// The identifier, made by the sender.
    public var entry: DirectoryEntry.ID

    /// The wallet that is paid by it.
    public var wallet: Wallet.ID

    /// The destination.
    public var destination: Destination

    /// Its category, at most 64 characters.
    public var category: String?

    /// Creates a request.
    public init(
        organisation: Organisation.ID,
        entry: DirectoryEntry.ID,
        wallet: Wallet.ID,
        destination: Destination,
        category: String? = nil
    ) {
        self.organisation = organisation
        self.entry = entry
        self.wallet = wallet
        self.destination = destination
        self.category = category
    }
}
