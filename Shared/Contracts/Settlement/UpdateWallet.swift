/// A request to change a wallet: all that it names, or nothing.
///
/// With a policy, Settlement changes the rest, and Policy binds the wallet and answers. Whoever
/// sends it has found that there is the policy; one that is deleted meanwhile is not, because it is
/// in use again.
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

    /// The policy from now on; absent leaves it.
    public var policy: Policy.ID?

    /// The status from now on; absent leaves it.
    ///
    /// ``SetWalletStatus`` says when it is refused.
    public var status: WalletSnapshot.Status?

    /// By asset, what the wallet should not fall below, from now on; absent leaves them.
    public var lowBalances: [Money]?

    /// The key that asks, which is kept beside a freeze.
    public var requester: APIKey.ID?

    /// Creates a request.
    public init(
        organisation: Organisation.ID,
        wallet: Wallet.ID,
        label: String? = nil,
        tags: [String]? = nil,
        policy: Policy.ID? = nil,
        status: WalletSnapshot.Status? = nil,
        lowBalances: [Money]? = nil,
        requester: APIKey.ID? = nil
    ) {
        self.organisation = organisation
        self.wallet = wallet
        self.label = label
        self.tags = tags
        self.policy = policy
        self.status = status
        self.lowBalances = lowBalances
        self.requester = requester
    }
}
