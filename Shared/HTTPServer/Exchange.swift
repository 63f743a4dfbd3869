import CMicroHTTPD
public import HTTP

/// One request and the answer that it waits for.
///
/// It belongs to the server's thread, and is answered exactly once.
public final class Exchange {
    enum State {
        case new
        case reading
        case handling
        case suspended
        case answered
    }

    let rawTarget: String
    var request = Request(method: .get, target: Target(malformed: ""))
    var state = State.new
    var response: Response?
    var bodyLimit = 0
    var isTooLarge = false
    var discardedBytes = 0
    var connection: OpaquePointer?
    weak var server: HTTPServer?

    /// Whether the client has gone before the answer.
    public internal(set) var isGone = false

    init(rawTarget: String) {
        self.rawTarget = rawTarget
    }

    /// Gives the answer.
    ///
    /// - Precondition: It was not given before.
    public func respond(_ response: Response) {
        precondition(self.response == nil, "an exchange is answered once")
        self.response = response
        guard state == .suspended, !isGone, let connection else { return }
        state = .handling
        MHD_resume_connection(connection)
        server?.resumed()
    }
}
