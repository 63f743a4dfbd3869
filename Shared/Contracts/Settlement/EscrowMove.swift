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

    /// Creates an order.
    public init(
        escrow: Escrow.ID,
        organisation: Organisation.ID,
        toReceiver: MinorUnits,
        receiver: Destination,
        askedBy: Wallet.ID? = nil
    ) {
        self.escrow = escrow
        self.organisation = organisation
        self.toReceiver = toReceiver
        self.receiver = receiver
        self.askedBy = askedBy
    }
}
