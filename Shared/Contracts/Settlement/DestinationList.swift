/// A page of directory entries.
public struct DestinationList: Message {
    public static let wireName = "settlement.destination-list.v1"

    /// The entries.
    public var entries: [DirectoryEntrySnapshot]

    /// Where the list goes on, if it does.
    public var next: PagePosition?

    /// Creates a reply.
    public init(
        entries: [DirectoryEntrySnapshot],
        next: PagePosition? = nil
    ) {
        self.entries = entries
        self.next = next
    }
}
