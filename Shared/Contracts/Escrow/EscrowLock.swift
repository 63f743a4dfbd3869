/// What has become of the payment into an escrow.
public struct EscrowLock: Codable, Hashable, Sendable {
    /// The escrow.
    public var escrow: Escrow.ID

    /// The payment, unless it was refused: confirmed is locked.
    public var payment: PaymentSnapshot?

    /// Why there is no payment.
    public var refusal: RequestRefused?

    /// The Solana address of the receiver's wallet, if the receiver has one here.
    public var receiverAddress: String?

    /// Creates a value.
    public init(
        escrow: Escrow.ID,
        payment: PaymentSnapshot? = nil,
        refusal: RequestRefused? = nil,
        receiverAddress: String? = nil
    ) {
        self.escrow = escrow
        self.payment = payment
        self.refusal = refusal
        self.receiverAddress = receiverAddress
    }
}
