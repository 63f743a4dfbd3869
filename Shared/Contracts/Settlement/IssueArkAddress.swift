/// A request for a new Ark address of a wallet, which goes into the directory; Policy answers.
public struct IssueArkAddress: Request {
    public typealias Reply = DestinationReply

    public static let wireName = "settlement.issue-ark-address.v1"
    public static let service = ServiceName.settlement

    /// The organisation that asks.
    public var organisation: Organisation.ID

    /// The identifier of the entry, made by the sender; the address is derived from it.
    public var entry: DirectoryEntry.ID

    /// The wallet that is paid by it.
    public var wallet: Wallet.ID

    /// Creates a request.
    public init(organisation: Organisation.ID, entry: DirectoryEntry.ID, wallet: Wallet.ID) {
        self.organisation = organisation
        self.entry = entry
        self.wallet = wallet
    }
}
