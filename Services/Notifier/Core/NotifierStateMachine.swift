public import Contracts
public import Messaging
public import Storage

/// Keeps the log of what happened, and knows who has been told.
public struct NotifierStateMachine: StateMachine {
    public static let service = ServiceName.notifier
    public static let inputs = NotifierInput.table
    public static let pulse = NotifierInput.pulse

    /// Creates a state machine.
    public init() {}

    public func handle(
        _ message: Received<NotifierInput>,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [Outgoing] {
        switch message.body {
        case .recordEvents(let command):
            try EventLog.append(command.events, in: transaction)
            return []
        case .listEvents(let question):
            guard let address = message.returnAddress else { return [] }
            let list = try EventLog.list(question, in: transaction)
            return [.reply(list, to: address)]
        case .pulse:
            return []
        }
    }
}
