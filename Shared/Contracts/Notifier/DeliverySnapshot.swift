/// The telling of one event to one endpoint.
public struct DeliverySnapshot: Codable, Hashable, Sendable {
    /// The identifier.
    public var id: Delivery.ID

    /// The endpoint.
    public var endpoint: WebhookEndpoint.ID

    /// The event.
    public var event: Event.ID

    /// How far it is.
    public var state: State

    /// The attempts that have ended, in order.
    public var attempts: [DeliveryAttempt]

    /// When the next attempt is due, if there is one.
    public var nextAt: Timestamp?

    /// When it was decided.
    public var createdAt: Timestamp

    /// Creates a value.
    public init(
        id: Delivery.ID,
        endpoint: WebhookEndpoint.ID,
        event: Event.ID,
        state: State,
        attempts: [DeliveryAttempt],
        nextAt: Timestamp? = nil,
        createdAt: Timestamp
    ) {
        self.id = id
        self.endpoint = endpoint
        self.event = event
        self.state = state
        self.attempts = attempts
        self.nextAt = nextAt
        self.createdAt = createdAt
    }
}

extension DeliverySnapshot {
    /// How far a delivery is.
    public enum State: String, Codable, CaseIterable, Sendable {
        /// It waits for its next attempt.
        case pending
        /// An attempt is on its way.
        case underWay = "under_way"
        /// The endpoint has answered with 2xx.
        case delivered
        /// There will be no more attempts.
        case failed
    }
}
