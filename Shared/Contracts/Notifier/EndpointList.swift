/// A page of webhook endpoints.
public struct EndpointList: Message {
    public static let wireName = "notifier.endpoint-list.v1"

    /// The endpoints.
    public var endpoints: [EndpointSnapshot]

    /// Where the list goes on, if it does.
    public var next: PagePosition?

    /// Creates a reply.
    public init(
        endpoints: [EndpointSnapshot],
        next: PagePosition? = nil
    ) {
        self.endpoints = endpoints
        self.next = next
    }
}
