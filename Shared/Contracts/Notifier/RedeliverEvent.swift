/// A request to send an event again.
public struct RedeliverEvent: Request {
    public typealias Reply = DeliveryList

    public static let wireName = "notifier.redeliver-event.v1"
    public static let service = ServiceName.notifier

    /// The organisation that asks.
    public var organisation: Organisation.ID

    /// The event.
    public var event: Event.ID

    /// The endpoint, or `nil` for all that want its type.
    public var endpoint: WebhookEndpoint.ID?

    /// The identifier, made by the sender: a repeat of it sends nothing more.
    public var redelivery: RequestReference.ID

    /// Creates a request.
    public init(
        organisation: Organisation.ID,
        event: Event.ID,
        endpoint: WebhookEndpoint.ID? = nil,
        redelivery: RequestReference.ID
    ) {
        self.organisation = organisation
        self.event = event
        self.endpoint = endpoint
        self.redelivery = redelivery
    }
}
