/// A command to append events to their organisations' logs.
public struct RecordEvents: Command {
    public static let wireName = "notifier.record-events.v1"

    /// The events, in order; a known identifier is not appended again.
    public var events: [EventRecord]

    /// Creates a command.
    public init(
        events: [EventRecord]
    ) {
        self.events = events
    }
}

extension RecordEvents: MergeableMessage {
    public var itemCount: Int { events.count }

    public mutating func merge(_ other: RecordEvents) {
        events += other.events
    }

    public func slice(_ range: Range<Int>) -> RecordEvents {
        RecordEvents(events: Array(events[range]))
    }
}
