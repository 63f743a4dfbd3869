/// A page of releases.
public struct ReleaseList: Message {
    public static let wireName = "escrow.release-list.v1"

    /// The releases.
    public var releases: [ReleaseSnapshot]

    /// Where the list goes on, if it does.
    public var next: PagePosition?

    /// Creates a reply.
    public init(releases: [ReleaseSnapshot], next: PagePosition? = nil) {
        self.releases = releases
        self.next = next
    }
}
