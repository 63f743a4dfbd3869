/// A question for one wallet.
public struct GetWallet: Query {
    public typealias Reply = WalletReply

    public static let wireName = "settlement.get-wallet.v1"
    public static let service = ServiceName.settlement

    /// The organisation that asks.
    public var organisation: Organisation.ID

    /// The wallet.
    public var wallet: Wallet.ID

    /// Creates a query.
    public init(
        organisation: Organisation.ID,
        wallet: Wallet.ID
    ) {
        self.organisation = organisation
        self.wallet = wallet
    }
}
