/// A request of the receiver to release the money, with a proof that the work is done.
public struct CompleteEscrow: Request {
    public typealias Reply = EscrowReply

    public static let wireName = "escrow.complete-escrow.v1"
    public static let service = ServiceName.escrow

    /// The escrow.
    public var escrow: Escrow.ID

    /// The organisation that asks.
    public var organisation: Organisation.ID

    /// The wallet whose agent asks; absent for an operator, who acts for any.
    public var actor: Wallet.ID?

    /// The proof.
    public var proof: EscrowProof

    /// Creates a request.
    public init(
        escrow: Escrow.ID,
        organisation: Organisation.ID,
        actor: Wallet.ID? = nil,
        proof: EscrowProof
    ) {
        self.escrow = escrow
        self.organisation = organisation
        self.actor = actor
        self.proof = proof
    }
}
