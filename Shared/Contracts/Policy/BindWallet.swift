/// A command to put a wallet under a policy and to answer who asked for it.
///
/// Sent by Settlement, which owns wallets, so that Policy knows every wallet before its creator
/// does. A wallet that is under a policy already stays there, whatever the command says, unless it
/// rebinds.
public struct BindWallet: Command {
    public static let wireName = "policy.bind-wallet.v1"

    /// The wallet.
    public var wallet: WalletSnapshot

    /// The policy.
    public var policy: Policy.ID

    /// What the wallet can be paid by.
    public var destinations: [KnownDestination]

    /// Whether the wallet is known and changes its policy; its windows stay.
    public var rebinds: Bool?

    /// The place of a change among all that Settlement sends to Policy; absent from builds before.
    ///
    /// What a later change of the same wallet's policy has overtaken has no effect any more.
    public var order: Int64?

    /// Who waits for the answer, a ``WalletReply``.
    public var returnAddress: ReturnAddress?

    /// Creates a command.
    public init(
        wallet: WalletSnapshot,
        policy: Policy.ID,
        destinations: [KnownDestination],
        rebinds: Bool? = nil,
        order: Int64? = nil,
        returnAddress: ReturnAddress? = nil
    ) {
        self.wallet = wallet
        self.policy = policy
        self.destinations = destinations
        self.rebinds = rebinds
        self.order = order
        self.returnAddress = returnAddress
    }
}
