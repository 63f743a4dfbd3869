/// A question for a webhook endpoint.
public struct GetEndpoint: Query {
    public typealias Reply = EndpointReply

    public static let wireName = "notifier.get-endpoint.v1"
    public static let service = ServiceName.notifier

    /// The organisation that asks.
    public var organisation: Organisation.ID

    /// The endpoint.
    public var endpoint: WebhookEndpoint.ID

    /// Creates a query.
    public init(
        organisation: Organisation.ID,
        endpoint: WebhookEndpoint.ID
    ) {
        self.organisation = organisation
        self.endpoint = endpoint
    }
}
