/// A command to remember a new entry of the directory and to answer its creator.
public struct RecordDestination: Command {
    public static let wireName = "policy.record-destination.v1"

    /// The organisation that asks.
    public var organisation: Organisation.ID

    /// The entry.
    public var entry: DirectoryEntrySnapshot

    /// Who waits for the answer, a ``DestinationReply``.
    public var returnAddress: ReturnAddress?

    /// Creates a command.
    public init(
        organisation: Organisation.ID,
        entry: DirectoryEntrySnapshot,
        returnAddress: ReturnAddress? = nil
    ) {
        self.organisation = organisation
        self.entry = entry
        self.returnAddress = returnAddress
    }
}
