/// An event in its organisation's log.
public struct SequencedEvent: Codable, Hashable, Sendable {
    /// Its place in the log, from 1, without gaps.
    public var sequence: Int64

    /// The event.
    public var event: EventRecord

    /// Creates a value.
    public init(
        sequence: Int64,
        event: EventRecord
    ) {
        self.sequence = sequence
        self.event = event
    }
}
