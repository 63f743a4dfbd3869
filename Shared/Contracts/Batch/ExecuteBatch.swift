/// A command to carry the decision on a batch, or on a part of it, out.
///
/// The money moves when all parts are approved; a denial is of the whole, and nothing of it is
/// reserved any more.
public struct ExecuteBatch: Command {
    public static let wireName = "settlement.execute-batch.v1"

    /// The organisation that asks.
    public var organisation: Organisation.ID

    /// The batch, a lower-case UUID.
    public var batch: String

    /// The attempt that was decided.
    public var attempt: Int64

    /// Why the money must not move, a sentence for each rule; empty when it may.
    public var problems: [String]

    /// The number of the attempt's payments before those that were decided about; absent: 0.
    public var offset: Int64?

    /// The wallets that the part's phone numbers are known for, by phone number, where the policy
    /// has lists: no other wallet is paid on this decision.
    public var recipients: [String: Wallet.ID]?

    /// Creates a command.
    public init(
        organisation: Organisation.ID,
        batch: String,
        attempt: Int64,
        problems: [String],
        offset: Int64? = nil,
        recipients: [String: Wallet.ID]? = nil
    ) {
        self.organisation = organisation
        self.batch = batch
        self.attempt = attempt
        self.problems = problems
        self.offset = offset
        self.recipients = recipients
    }
}
