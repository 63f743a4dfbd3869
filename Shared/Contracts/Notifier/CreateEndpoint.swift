/// A request to tell a URL of an organisation's events from now on.
///
/// The answer has the secret, which nothing else ever shows.
public struct CreateEndpoint: Request {
    public typealias Reply = EndpointReply

    public static let wireName = "notifier.create-endpoint.v1"
    public static let service = ServiceName.notifier
    public static let answerHoldsSecret = true

    /// The organisation that asks.
    public var organisation: Organisation.ID

    /// The identifier, made by the sender: a repeat of it with the same content meets the first
    /// outcome.
    public var endpoint: WebhookEndpoint.ID

    /// Where events are sent, `http` or `https`, at most 2000 bytes.
    public var url: String

    /// The types that are sent; empty for all.
    public var types: [EventType]

    /// A name for people, at most 200 characters.
    public var summary: String?

    /// Creates a request.
    public init(
        organisation: Organisation.ID,
        endpoint: WebhookEndpoint.ID,
        url: String,
        types: [EventType],
        summary: String? = nil
    ) {
        self.organisation = organisation
        self.endpoint = endpoint
        self.url = url
        self.types = types
        self.summary = summary
    }
}
