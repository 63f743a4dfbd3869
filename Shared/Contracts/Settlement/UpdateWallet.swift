/// A request to change what people call a wallet.
public struct UpdateWallet: Request {
    public typealias Reply = WalletReply

    public static let wireName = "settlement.update-wallet.v1"
    public static let service = ServiceName.settlement

    /// The organisation that asks.
    public var organisation: Organisation.ID

    /// The wallet.
    public var wallet: Wallet.ID

    /// The name from now on; absent leaves it, empty removes it.
    public var label: String?

    /// The tags from now on; absent leaves them.
    public var tags: [String]?

    /// Creates a request.
    public init(
        organisation: Organisation.ID,
        wallet: Wallet.ID,
        label: String? = nil,
        tags: [String]? = nil
    ) {
        self.organisation = organisation
        self.wallet = wallet
        self.label = label
        self.tags = tags
    }
}
