/// A question for an endpoint's deliveries, newest first.
public struct ListDeliveries: Query {
    public typealias Reply = DeliveryList

    public static let wireName = "notifier.list-deliveries.v1"
    public static let service = ServiceName.notifier

    /// The organisation that asks.
    public var organisation: Organisation.ID

    /// The endpoint.
    public var endpoint: WebhookEndpoint.ID

    /// The part of the list.
    public var page: PageRequest

    /// Creates a query.
    public init(
        organisation: Organisation.ID,
        endpoint: WebhookEndpoint.ID,
        page: PageRequest
    ) {
        self.organisation = organisation
        self.endpoint = endpoint
        self.page = page
    }
}
