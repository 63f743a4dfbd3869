/// A request to freeze, unfreeze or close a wallet.
///
/// A closed wallet stays closed: `invalid_state` otherwise. One for which money is there, locked,
/// held or waiting cannot be closed: `conflict`.
public struct SetWalletStatus: Request {
    public typealias Reply = WalletReply

    public static let wireName = "settlement.set-wallet-status.v1"
    public static let service = ServiceName.settlement

    /// The organisation that asks.
    public var organisation: Organisation.ID

    /// The wallet.
    public var wallet: Wallet.ID

    /// The status from now on; a repeat changes nothing.
    public var status: WalletSnapshot.Status

    /// The key that asks, which is kept beside a freeze.
    public var requester: APIKey.ID?

    /// Creates a request.
    public init(
        organisation: Organisation.ID,
        wallet: Wallet.ID,
        status: WalletSnapshot.Status,
        requester: APIKey.ID? = nil
    ) {
        self.organisation = organisation
        self.wallet = wallet
        self.status = status
        self.requester = requester
    }
}
