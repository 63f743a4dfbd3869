/// A request for the group account of members and a threshold; it is opened once.
public struct OpenGroup: Request {
    public typealias Reply = GroupReply

    public static let wireName = "settlement.open-group.v1"
    public static let service = ServiceName.settlement

    /// The organisation that asks.
    public var organisation: Organisation.ID

    /// The members, 1 to 256 lower-case UUIDs; one that is there twice counts once.
    public var members: [String]

    /// How many of them must sign, 1 to the number of distinct ones.
    public var threshold: Int

    /// The asset.
    public var asset: Asset

    /// The wallet of the asker's key: what it opens and nobody pays has a bound.
    public var wallet: Wallet.ID?

    /// Creates a request.
    public init(
        organisation: Organisation.ID,
        members: [String],
        threshold: Int,
        asset: Asset,
        wallet: Wallet.ID? = nil
    ) {
        self.wallet = wallet
        self.organisation = organisation
        self.members = members
        self.threshold = threshold
        self.asset = asset
    }
}
