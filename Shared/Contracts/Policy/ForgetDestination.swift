/// A command to forget an entry of the directory and to answer who removed it.
public struct ForgetDestination: Command {
    public static let wireName = "policy.forget-destination.v1"

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
