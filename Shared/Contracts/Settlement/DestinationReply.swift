/// A directory entry, in answer to a request.
public struct DestinationReply: Message {
    public static let wireName = "settlement.destination-reply.v1"

    /// The entry.
    public var entry: DirectoryEntrySnapshot

    /// Creates a reply.
    public init(
        entry: DirectoryEntrySnapshot
    ) {
        self.entry = entry
    }
}
