/// A question which policies wallets are under.
public struct GetBindings: Query {
    public typealias Reply = Bindings

    public static let wireName = "policy.get-bindings.v1"
    public static let service = ServiceName.policy

    /// The organisation that asks.
    public var organisation: Organisation.ID

    /// The wallets, at most 100.
    public var wallets: [Wallet.ID]

    /// Creates a query.
    public init(
        organisation: Organisation.ID,
        wallets: [Wallet.ID]
    ) {
        self.organisation = organisation
        self.wallets = wallets
    }
}
