/// A command to put a new wallet under a policy and to answer its creator.
///
/// Sent by Settlement, which owns wallets, so that Policy knows every wallet before its creator
/// does.
public struct BindWallet: Command {
    public static let wireName = "policy.bind-wallet.v1"

    /// The wallet.
    public var wallet: WalletSnapshot

    /// The policy.
    public var policy: Policy.ID

    /// What the wallet can be paid by.
    public var destinations: [KnownDestination]

    /// Who waits for the answer, a ``WalletReply``.
    public var returnAddress: ReturnAddress?

    /// Creates a command.
    public init(
        wallet: WalletSnapshot,
        policy: Policy.ID,
        destinations: [KnownDestination],
        returnAddress: ReturnAddress? = nil
    ) {
        self.wallet = wallet
        self.policy = policy
        self.destinations = destinations
        self.returnAddress = returnAddress
    }
}
