/// A command to decide about some payouts of a batch, and to pass the decision on to Settlement.
///
/// A large batch is asked about in parts, one after the other, so that others have their turn in
/// between; one part that is denied is the end of the whole, whose reservations are given back.
/// What was approved before is approved again, and reserved once.
public struct AuthorizeBatch: Command {
    public static let wireName = "policy.authorize-batch.v1"

    /// The organisation that asks.
    public var organisation: Organisation.ID

    /// The batch, a lower-case UUID.
    public var batch: String

    /// How often it was submitted, from 1: each is decided anew.
    public var attempt: Int64

    /// The policy of payouts.
    public var policy: Policy.ID

    /// What is to be paid, in order.
    public var payouts: [BatchPayment]

    /// The number of the attempt's payments before these, which were approved; absent: 0.
    public var offset: Int64?

    /// Whether more payments follow; absent: no.
    public var hasMore: Bool?

    /// Creates a command.
    public init(
        organisation: Organisation.ID,
        batch: String,
        attempt: Int64,
        policy: Policy.ID,
        payouts: [BatchPayment],
        offset: Int64? = nil,
        hasMore: Bool? = nil
    ) {
        self.organisation = organisation
        self.batch = batch
        self.attempt = attempt
        self.policy = policy
        self.payouts = payouts
        self.offset = offset
        self.hasMore = hasMore
    }
}
