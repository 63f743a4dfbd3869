/// A request to change a webhook endpoint; what is absent stays.
public struct UpdateEndpoint: Request {
    public typealias Reply = EndpointReply

    public static let wireName = "notifier.update-endpoint.v1"
    public static let service = ServiceName.notifier

    /// The organisation that asks.
    public var organisation: Organisation.ID

    /// The endpoint.
    public var endpoint: WebhookEndpoint.ID

    /// Where events are sent.
    public var url: String?

    /// The types that are sent; empty for all.
    public var types: [EventType]?

    /// A name for people; empty for none.
    public var summary: String?

    /// Whether events are sent.
    public var status: EndpointSnapshot.Status?

    /// Creates a request.
    public init(
        organisation: Organisation.ID,
        endpoint: WebhookEndpoint.ID,
        url: String? = nil,
        types: [EventType]? = nil,
        summary: String? = nil,
        status: EndpointSnapshot.Status? = nil
    ) {
        self.organisation = organisation
        self.endpoint = endpoint
        self.url = url
        self.types = types
        self.summary = summary
        self.status = status
    }
}
