/// A command to carry the decision on a batch out.
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

    /// Creates a command.
    public init(
        organisation: Organisation.ID,
        batch: String,
        attempt: Int64,
        problems: [String]
    ) {
        self.organisation = organisation
        self.batch = batch
        self.attempt = attempt
        self.problems = problems
    }
}
