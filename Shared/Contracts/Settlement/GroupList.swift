/// A page of group accounts.
public struct GroupList: Message {
    public static let wireName = "settlement.group-list.v1"

    /// The groups.
    public var groups: [GroupSnapshot]

    /// Where the list goes on, if it does.
    public var next: PagePosition?

    /// Creates a reply.
    public init(groups: [GroupSnapshot], next: PagePosition? = nil) {
        self.groups = groups
        self.next = next
    }
}
