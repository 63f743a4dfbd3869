/// Whose a destination is, in answer to ``FindDestination``.
public struct DestinationOwner: Message {
    public static let wireName = "settlement.destination-owner.v1"

    /// The wallet; absent for a destination that is nobody's here.
    public var wallet: Wallet.ID?

    /// Creates a reply.
    public init(wallet: Wallet.ID? = nil) {
        self.wallet = wallet
    }
}
