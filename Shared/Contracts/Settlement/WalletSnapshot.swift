/// A wallet as its readers see it.
public struct WalletSnapshot: Codable, Hashable, Sendable {
    /// The identifier.
    public var id: Wallet.ID

    /// The organisation.
    public var organisation: Organisation.ID

    /// The agent that owns it.
    public var agent: String

    /// A name for people.
    public var label: String?

    /// Tags.
    public var tags: [String]

    /// The status.
    public var status: Status

    /// Its own address, base58 of an Ed25519 public key.
    public var solanaAddress: String

    /// The key that its agent had already, base58.
    public var publicKey: String?

    /// The balances that are or were not zero, by asset.
    public var balances: [Balance]

    /// By asset, what it should not fall below; absent without any.
    public var lowBalances: [Money]?

    /// When it was opened.
    public var createdAt: Timestamp

    /// Creates a value.
    public init(
        id: Wallet.ID,
        organisation: Organisation.ID,
        agent: String,
        label: String? = nil,
        tags: [String],
        status: Status,
        solanaAddress: String,
        publicKey: String? = nil,
        balances: [Balance],
        lowBalances: [Money]? = nil,
        createdAt: Timestamp
    ) {
        self.id = id
        self.organisation = organisation
        self.agent = agent
        self.label = label
        self.tags = tags
        self.status = status
        self.solanaAddress = solanaAddress
        self.publicKey = publicKey
        self.balances = balances
        self.lowBalances = lowBalances
        self.createdAt = createdAt
    }
}

extension WalletSnapshot {
    /// Whether a wallet can be used.
    public enum Status: String, Codable, CaseIterable, Sendable {
        /// It pays and is paid.
        case active
        /// It is paid, and does not pay.
        case frozen
        /// It neither pays nor is paid.
        case closed
    }
}
