/// A page of wallets.
public struct WalletList: Message {
    public static let wireName = "settlement.wallet-list.v1"

    /// The wallets.
    public var wallets: [WalletSnapshot]

    /// Where the list goes on, if it does.
    public var next: PagePosition?

    /// Creates a reply.
    public init(
        wallets: [WalletSnapshot],
        next: PagePosition? = nil
    ) {
        self.wallets = wallets
        self.next = next
    }
}
