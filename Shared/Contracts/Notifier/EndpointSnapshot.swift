/// A webhook endpoint as its readers see it, without its secret.
public struct EndpointSnapshot: Codable, Hashable, Sendable {
    /// The identifier.
    public var id: WebhookEndpoint.ID

    /// The organisation.
    public var organisation: Organisation.ID

    /// Where events are sent.
    public var url: String

    /// The types that are sent; empty for all.
    public var types: [EventType]

    /// A name for people.
    public var summary: String?

    /// Whether events are sent.
    public var status: Status

    /// Why it is disabled, if it disabled itself.
    public var reason: String?

    /// Until when messages are signed with the secret before this one, too.
    public var rotatingUntil: Timestamp?

    /// When it was made.
    public var createdAt: Timestamp

    /// Creates a value.
    public init(
        id: WebhookEndpoint.ID,
        organisation: Organisation.ID,
        url: String,
        types: [EventType],
        summary: String? = nil,
        status: Status,
        reason: String? = nil,
        rotatingUntil: Timestamp? = nil,
        createdAt: Timestamp
    ) {
        self.id = id
        self.organisation = organisation
        self.url = url
        self.types = types
        self.summary = summary
        self.status = status
        self.reason = reason
        self.rotatingUntil = rotatingUntil
        self.createdAt = createdAt
    }
}

extension EndpointSnapshot {
    /// Whether an endpoint is told of events.
    public enum Status: String, Codable, CaseIterable, Sendable {
        /// It is told.
        case active
        /// It is not, and what waits for it waits on.
        case disabled
    }
}
