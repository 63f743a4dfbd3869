/// A payout as it stands.
public struct PayoutReply: Message {
    public static let wireName = "settlement.payout-reply.v1"

    /// The payout.
    public var payout: PayoutSnapshot

    /// Creates a reply.
    public init(
        payout: PayoutSnapshot
    ) {
        self.payout = payout
    }
}
