public import Contracts

/// What carries out the effects of a service on the outside world: an HTTP request, a text message.
///
/// It takes its orders after the commit of the transaction that decided them, and gives back what
/// became of them, as messages that are handled in the next transaction. An order or a result is
/// lost when the process ends in between: a state machine that must know gives each order a time
/// after which it orders again. A port belongs to the thread of its mailroom.
public protocol Port: AnyObject {
    /// What can be read when there are results.
    var fileDescriptor: Int32 { get }

    /// Takes an order; returns `false` when it is for another port.
    func take(_ order: any Message) -> Bool

    /// Returns what has ended since the last time.
    func takeResults() -> [any Message]
}

/// A port that can be told that there are results without an order of its own: another port over it
/// has them.
public protocol WakeablePort: Port {
    /// Makes the port's file descriptor readable.
    func wake()
}

/// A result that never was bytes.
struct LocalPayload: MessagePayload {
    var message: any Message

    func decode<Body: Decodable>(_ type: Body.Type) throws -> Body {
        guard let body = message as? Body else {
            preconditionFailure("an input table has one entry for each wire name")
        }
        return body
    }
}
