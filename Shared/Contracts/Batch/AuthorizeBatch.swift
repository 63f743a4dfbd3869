/// A command to decide a batch of payouts as a whole, and to pass the decision on to Settlement.
///
/// A batch that was approved before is approved again, and reserved once.
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

    /// Creates a command.
    public init(
        organisation: Organisation.ID,
        batch: String,
        attempt: Int64,
        policy: Policy.ID,
        payouts: [BatchPayment]
    ) {
        self.organisation = organisation
        self.batch = batch
        self.attempt = attempt
        self.policy = policy
        self.payouts = payouts
    }
}
