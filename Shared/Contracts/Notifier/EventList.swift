/// A page of events.
public struct EventList: Message {
    public static let wireName = "notifier.event-list.v1"

    /// The events.
    public var events: [SequencedEvent]

    /// Whether there are more after them.
    public var hasMore: Bool

    /// The number of the organisation's last event, 0 before the first.
    public var lastSequence: Int64?

    /// The sequence number after which the list goes on, which a page of one type may have looked
    /// at without an event of it; `nil` when there are no more.
    public var next: Int64?

    /// Creates a reply.
    public init(
        events: [SequencedEvent],
        hasMore: Bool,
        lastSequence: Int64? = nil,
        next: Int64? = nil
    ) {
        self.events = events
        self.hasMore = hasMore
        self.lastSequence = lastSequence
        self.next = next
    }
}
