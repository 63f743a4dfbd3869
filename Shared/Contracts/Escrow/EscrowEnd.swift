/// What has become of an ordered move out of an escrow.
public struct EscrowEnd: Codable, Hashable, Sendable {
    /// The escrow.
    public var escrow: Escrow.ID

    /// The receiver's wallet, if it got anything.
    public var receiver: Wallet.ID?

    /// The journal entry of the move.
    public var entry: Int64?

    /// The platform's Ed25519 signature of the entry's hash, base58.
    public var signature: String?

    /// Why nothing was moved; the money is still in the escrow.
    public var failure: RequestRefused.Code?

    /// Creates a value.
    public init(
        escrow: Escrow.ID,
        receiver: Wallet.ID? = nil,
        entry: Int64? = nil,
        signature: String? = nil,
        failure: RequestRefused.Code? = nil
    ) {
        self.escrow = escrow
        self.receiver = receiver
        self.entry = entry
        self.signature = signature
        self.failure = failure
    }
}
