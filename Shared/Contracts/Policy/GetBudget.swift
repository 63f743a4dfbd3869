/// A question what a wallet can still spend.
public struct GetBudget: Query {
    public typealias Reply = Budget

    public static let wireName = "policy.get-budget.v1"
    public static let service = ServiceName.policy

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
