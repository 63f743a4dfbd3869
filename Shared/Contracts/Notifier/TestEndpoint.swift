/// A request to send a message of type `webhook.test` to an endpoint.
public struct TestEndpoint: Request {
    public typealias Reply = DeliveryReply

    public static let wireName = "notifier.test-endpoint.v1"
    public static let service = ServiceName.notifier

    /// The organisation that asks.
    public var organisation: Organisation.ID

    /// The endpoint.
    public var endpoint: WebhookEndpoint.ID

    /// What the message is known by, made by the sender.
    public var event: Event.ID

    /// Creates a request.
    public init(
        organisation: Organisation.ID,
        endpoint: WebhookEndpoint.ID,
        event: Event.ID
    ) {
        self.organisation = organisation
        self.endpoint = endpoint
        self.event = event
    }
}
