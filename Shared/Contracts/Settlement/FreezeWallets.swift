/// A command to freeze the wallets of a policy that has expired.
public struct FreezeWallets: Command {
    public static let wireName = "settlement.freeze-wallets.v1"

    /// The organisation that asks.
    public var organisation: Organisation.ID

    /// The wallets.
    public var wallets: [Wallet.ID]

    /// The policy that expired.
    public var policy: Policy.ID

    /// Creates a command.
    public init(
        organisation: Organisation.ID,
        wallets: [Wallet.ID],
        policy: Policy.ID
    ) {
        self.organisation = organisation
        self.wallets = wallets
        self.policy = policy
    }
}
