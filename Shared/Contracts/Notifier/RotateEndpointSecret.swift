/// A request for a new secret; for 24 hours messages are signed with both.
public struct RotateEndpointSecret: Request {
    public typealias Reply = EndpointReply

    public static let wireName = "notifier.rotate-endpoint-secret.v1"
    public static let service = ServiceName.notifier
    public static let answerHoldsSecret = true

    /// The organisation that asks.
    public var organisation: Organisation.ID

    /// The endpoint.
    public var endpoint: WebhookEndpoint.ID

    /// The identifier, made by the sender: a repeat of it meets the first outcome.
    public var rotation: RequestReference.ID

    /// Creates a request.
    public init(
        organisation: Organisation.ID,
        endpoint: WebhookEndpoint.ID,
        rotation: RequestReference.ID
    ) {
        self.organisation = organisation
        self.endpoint = endpoint
        self.rotation = rotation
    }
}
