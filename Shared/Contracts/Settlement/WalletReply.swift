/// A wallet, in answer to a request or a question.
public struct WalletReply: Message {
    public static let wireName = "settlement.wallet-reply.v1"

    /// The wallet.
    public var wallet: WalletSnapshot

    /// Creates a reply.
    public init(
        wallet: WalletSnapshot
    ) {
        self.wallet = wallet
    }
}
