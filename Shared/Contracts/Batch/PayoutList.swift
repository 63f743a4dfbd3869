/// A batch and payouts of it.
public struct PayoutList: Message {
    public static let wireName = "settlement.payout-list.v1"

    /// The batch.
    public var batch: BatchSnapshot

    /// The payouts.
    public var payouts: [PayoutSnapshot]

    /// The places, from 0, of payouts whose external identifiers are taken: nothing was added.
    public var taken: [Int]

    /// Whether the payouts were added by an earlier request of the same key.
    public var isReplay: Bool?

    /// Creates a reply.
    public init(
        batch: BatchSnapshot,
        payouts: [PayoutSnapshot],
        taken: [Int] = [],
        isReplay: Bool? = nil
    ) {
        self.batch = batch
        self.payouts = payouts
        self.taken = taken
        self.isReplay = isReplay
    }
}
