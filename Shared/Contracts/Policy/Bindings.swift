/// The policies of wallets; a wallet that is unknown is missing.
public struct Bindings: Message {
    public static let wireName = "policy.bindings.v1"

    /// The bindings, in the order of the question.
    public var bindings: [WalletBinding]

    /// Creates a reply.
    public init(
        bindings: [WalletBinding]
    ) {
        self.bindings = bindings
    }
}
