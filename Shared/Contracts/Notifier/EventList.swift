/// A page of events.
public struct EventList: Message {
    public static let wireName = "notifier.event-list.v1"

    /// The events.
    public var events: [SequencedEvent]

    /// Whether there are more after them.
    public var hasMore: Bool

    /// Creates a reply.
    public init(
        events: [SequencedEvent],
        hasMore: Bool
    ) {
        self.events = events
        self.hasMore = hasMore
    }
}
