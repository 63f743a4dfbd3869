/// A request to open a wallet for an agent and to put it under a policy.
///
/// Settlement opens it, Policy binds it and answers. An agent that has a wallet is a conflict.
public struct OpenWallet: Request {
    public typealias Reply = WalletReply

    public static let wireName = "settlement.open-wallet.v1"
    public static let service = ServiceName.settlement

    /// The organisation that asks.
    public var organisation: Organisation.ID

    /// The identifier, made by the sender: a repeat of it with the same content meets the first
    /// outcome.
    public var wallet: Wallet.ID

    /// The agent, unique in the organisation, 1 to 128 characters.
    public var agent: String

    /// A name for people, at most 200 characters.
    public var label: String?

    /// Tags, at most 32 of at most 64 characters.
    public var tags: [String]

    /// A key that the agent has already, base58 of 32 bytes: an address of the wallet in the
    /// directory.
    public var publicKey: String?

    /// The policy.
    public var policy: Policy.ID

    /// Whether the policy is the organisation's default: a repeat need not name the same one.
    public var isDefaultPolicy: Bool?

    /// By asset, what the wallet should not fall below: whoever has a webhook is told when it does.
    public var lowBalances: [Money]?

    /// Creates a request.
    public init(
        organisation: Organisation.ID,
        wallet: Wallet.ID,
        agent: String,
        label: String? = nil,
        tags: [String],
        publicKey: String? = nil,
        policy: Policy.ID,
        isDefaultPolicy: Bool? = nil,
        lowBalances: [Money]? = nil
    ) {
        self.organisation = organisation
        self.wallet = wallet
        self.agent = agent
        self.label = label
        self.tags = tags
        self.publicKey = publicKey
        self.policy = policy
        self.isDefaultPolicy = isDefaultPolicy
        self.lowBalances = lowBalances
    }
}
