public import HTTP

/// One request and the answer that it waits for.
///
/// It belongs to the server's thread, and is answered exactly once. An exchange that is let go
/// without an answer is answered with 500, so that no client waits for ever.
public final class Exchange {
    private let connection: Connection
    private var isAnswered = false

    /// What was given to the request when it was admitted.
    public let ticket: Any?

    init(_ connection: Connection) {
        self.connection = connection
        ticket = connection.ticket
        connection.exchange = ObjectIdentifier(self)
    }

    deinit {
        if isWaiting {
            connection.exchange = nil
            connection.answer(Response(status: 500))
        }
    }

    /// Whether the client has gone before the answer.
    ///
    /// It asks the operating system each time. A client that has closed only its own direction
    /// counts as gone.
    public var isGone: Bool {
        guard isWaiting else { return !isAnswered }
        return connection.clientHasGone
    }

    /// Gives the answer.
    ///
    /// Nothing happens when the server was stopped meanwhile, which has answered for it.
    ///
    /// - Precondition: It was not given before.
    public func respond(_ response: Response) {
        precondition(!isAnswered, "an exchange is answered once")
        let wasWaiting = isWaiting
        isAnswered = true
        guard wasWaiting else { return }
        connection.exchange = nil
        connection.answer(response)
    }

    private var isWaiting: Bool { connection.exchange == ObjectIdentifier(self) }
}
