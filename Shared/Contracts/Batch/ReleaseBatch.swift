/// A command to give back what a batch reserved, because its money provably did not move.
public struct ReleaseBatch: Command {
    public static let wireName = "policy.release-batch.v1"

    /// The organisation that asks.
    public var organisation: Organisation.ID

    /// The batch, a lower-case UUID.
    public var batch: String

    /// The attempt.
    public var attempt: Int64

    /// Creates a command.
    public init(
        organisation: Organisation.ID,
        batch: String,
        attempt: Int64
    ) {
        self.organisation = organisation
        self.batch = batch
        self.attempt = attempt
    }
}
