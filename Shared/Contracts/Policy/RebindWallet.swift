/// A request to put a wallet under another policy.
///
/// The spending windows stay: they are the wallet's. Answered with the policy.
public struct RebindWallet: Request {
    public typealias Reply = PolicyReply

    public static let wireName = "policy.rebind-wallet.v1"
    public static let service = ServiceName.policy

    /// The organisation that asks.
    public var organisation: Organisation.ID

    /// The wallet.
    public var wallet: Wallet.ID

    /// The policy from now on.
    public var policy: Policy.ID

    /// Creates a request.
    public init(
        organisation: Organisation.ID,
        wallet: Wallet.ID,
        policy: Policy.ID
    ) {
        self.organisation = organisation
        self.wallet = wallet
        self.policy = policy
    }
}
