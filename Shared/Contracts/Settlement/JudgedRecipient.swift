/// Whom Policy's lists were held against.
public struct JudgedRecipient: Codable, Hashable, Sendable {
    /// The wallet that the destination is known for; absent when it is nobody's.
    public var wallet: Wallet.ID?

    /// Creates a value.
    public init(wallet: Wallet.ID?) {
        self.wallet = wallet
    }
}
