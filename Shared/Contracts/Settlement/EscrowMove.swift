/// An order to move all of an escrow's money out: to its receiver, back to its payer, or both.
public struct EscrowMove: Codable, Hashable, Sendable {
    /// The escrow.
    public var escrow: Escrow.ID

    /// The organisation of the payer.
    public var organisation: Organisation.ID

    /// What the receiver gets, in minor units of the escrow's asset; zero for a refund.
    ///
    /// The payer gets the rest.
    public var toReceiver: MinorUnits

    /// The receiver as the payer named it.
    ///
    /// A wallet that it led to when the money was locked is
    /// paid whatever happened to the name since; otherwise whoever has the name now, or a rail.
    public var receiver: Destination

    /// The wallet whose word moves the money, if it is a wallet's: it must be active.
    public var askedBy: Wallet.ID?

    /// What the payer's policy says of the wallet that has the receiver's name now, where it was
    /// nobody's when the money was locked; absent until Policy was asked.
    public var judgement: Judgement?

    /// Creates an order.
    public init(
        escrow: Escrow.ID,
        organisation: Organisation.ID,
        toReceiver: MinorUnits,
        receiver: Destination,
        askedBy: Wallet.ID? = nil,
        judgement: Judgement? = nil
    ) {
        self.escrow = escrow
        self.organisation = organisation
        self.toReceiver = toReceiver
        self.receiver = receiver
        self.askedBy = askedBy
        self.judgement = judgement
    }
}

extension EscrowMove {
    /// What a policy says of a wallet.
    public struct Judgement: Codable, Hashable, Sendable {
        /// The wallet.
        public var wallet: Wallet.ID

        /// Whether the policy's lists let money go there.
        public var isAllowed: Bool

        /// Creates a value.
        public init(wallet: Wallet.ID, isAllowed: Bool) {
            self.wallet = wallet
            self.isAllowed = isAllowed
        }
    }
}
