public import Contracts
public import Messaging

/// The messages that Notifier understands.
public enum NotifierInput: Sendable {
    /// Events to append to the log.
    case recordEvents(RecordEvents)
    /// A question for a part of the log.
    case listEvents(ListEvents)
    /// About a second has passed.
    case pulse

    /// How the messages of the wire become inputs.
    public static let table = InputTable<NotifierInput>([
        .command(RecordEvents.self, NotifierInput.recordEvents),
        .query(ListEvents.self, NotifierInput.listEvents),
    ])
}
