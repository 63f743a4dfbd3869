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

    /// The receiver, which the directory must know if it gets anything.
    public var receiver: Destination

    /// Creates an order.
    public init(
        escrow: Escrow.ID,
        organisation: Organisation.ID,
        toReceiver: MinorUnits,
        receiver: Destination
    ) {
        self.escrow = escrow
        self.organisation = organisation
        self.toReceiver = toReceiver
        self.receiver = receiver
    }
}
