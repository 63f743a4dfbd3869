/// A request to forget a webhook endpoint and what waits for it.
public struct DeleteEndpoint: Request {
    public typealias Reply = EndpointReply

    public static let wireName = "notifier.delete-endpoint.v1"
    public static let service = ServiceName.notifier

    /// The organisation that asks.
    public var organisation: Organisation.ID

    /// The endpoint.
    public var endpoint: WebhookEndpoint.ID

    /// Creates a request.
    public init(
        organisation: Organisation.ID,
        endpoint: WebhookEndpoint.ID
    ) {
        self.organisation = organisation
        self.endpoint = endpoint
    }
}
