/// A request to send a range of events again to an endpoint, those that it wants.
public struct RedeliverEvents: Request {
    public typealias Reply = RedeliveryReply

    public static let wireName = "notifier.redeliver-events.v1"
    public static let service = ServiceName.notifier

    /// The organisation that asks.
    public var organisation: Organisation.ID

    /// The endpoint.
    public var endpoint: WebhookEndpoint.ID

    /// Only events with a greater sequence number.
    public var after: Int64

    /// Only events up to this sequence number; `nil` for the last.
    public var until: Int64?

    /// The identifier, made by the sender: a repeat of it sends nothing more.
    public var redelivery: RequestReference.ID

    /// Creates a request.
    public init(
        organisation: Organisation.ID,
        endpoint: WebhookEndpoint.ID,
        after: Int64,
        until: Int64? = nil,
        redelivery: RequestReference.ID
    ) {
        self.organisation = organisation
        self.endpoint = endpoint
        self.after = after
        self.until = until
        self.redelivery = redelivery
    }
}
