/// A question for an organisation's webhook endpoints, newest first.
public struct ListEndpoints: Query {
    public typealias Reply = EndpointList

    public static let wireName = "notifier.list-endpoints.v1"
    public static let service = ServiceName.notifier

    /// The organisation that asks.
    public var organisation: Organisation.ID

    /// The part of the list.
    public var page: PageRequest

    /// Creates a query.
    public init(
        organisation: Organisation.ID,
        page: PageRequest
    ) {
        self.organisation = organisation
        self.page = page
    }
}
