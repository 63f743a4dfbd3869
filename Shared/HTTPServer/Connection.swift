import CMicroHTTPD
import Glibc
import HTTP

/// One client's connection and the request that it is busy with.
///
/// It belongs to the server's thread. The server keeps it as long as its socket is open.
final class Connection {
    /// How far the request is.
    enum Phase {
        /// There is no request line yet.
        case idle
        /// The headers or the body are not complete.
        case reading
        /// A refusal was written past the library; what still comes is thrown away.
        case discarding
        /// The request is with the handler and the connection is not suspended yet.
        case handling
        /// The request is with the handler; the library leaves the connection alone.
        case suspended
        /// The answer is known and is being written.
        case answering
        /// The answer is a stream, which may last.
        case streaming
    }

    /// `POLLRDHUP`, which the C headers show only to GNU programs.
    private static let closedByPeer: Int16 = 0x2000

    private let native: OpaquePointer
    private unowned(unsafe) let server: HTTPServer
    let descriptor: Int32
    let peerAddress: String

    /// When the connection is closed whatever it does; not while a handler has the request.
    var deadline: Milliseconds

    /// The exchange that waits for its answer.
    var exchange: ObjectIdentifier?

    var phase = Phase.idle
    var target = ""

    /// Where the text of the target ends in the memory of the library.
    var targetEnd: UnsafePointer<CChar>?

    var hasHeaders = false

    /// The answer that the request has had since its headers.
    var earlyAnswer: Response?

    var method = Method.get
    var headers = Headers()
    var parsedTarget = Target(malformed: "")
    var body: [UInt8] = []
    var bodyLimit = 0

    /// Whose share of the memory the body takes, and how much of it.
    var account = ""
    private var accountedBytes = 0

    /// What was given to the request when it was admitted.
    var ticket: Any?

    var discardedBytes = 0
    var response: Response?

    /// The body that is being written, and whether the library leaves the connection alone until
    /// there is more of it.
    var stream: ResponseStream?
    var isStreamSuspended = false

    init(_ native: OpaquePointer, of server: HTTPServer) {
        self.native = native
        self.server = server
        descriptor = cmicrohttpd_socket(native)
        peerAddress = SocketAddress.text(of: cmicrohttpd_peer(native))
        deadline = server.now + server.limits.requestMilliseconds
    }

    /// Whether the client has closed its end.
    var clientHasGone: Bool {
        var query = pollfd(fd: descriptor, events: Connection.closedByPeer, revents: 0)
        guard poll(&query, 1, 0) > 0 else { return false }
        return query.revents & (Connection.closedByPeer | Int16(POLLHUP | POLLERR)) != 0
    }

    /// Whether a deadline counts now.
    var hasDeadline: Bool {
        switch phase {
        case .idle, .reading, .discarding, .answering: true
        case .handling, .suspended: false
        // A client that takes nothing is noticed when it has too much before it.
        case .streaming: false
        }
    }

    /// Takes the answer of the handler.
    func answer(_ response: Response) {
        self.response = response
        server.requestsInFlight -= 1
        giveBodyBack()
        let wasSuspended = phase == .suspended
        phase = .answering
        deadline = server.now + server.limits.responseMilliseconds
        if wasSuspended {
            MHD_resume_connection(native)
            server.hasResumed = true
        }
    }

    /// Begins a request whose line has been read.
    func begin(_ text: UnsafePointer<CChar>?) {
        target = text.map { String(cString: $0) } ?? ""
        targetEnd = text.map { $0 + strlen($0) }
        phase = .reading
        deadline = server.now + server.limits.requestMilliseconds
    }

    /// Forgets the request when it is over, and lets its exchange go without a client.
    func finish() {
        if exchange != nil {
            exchange = nil
            server.requestsInFlight -= 1
        }
        phase = .idle
        deadline = server.now + server.limits.idleSeconds * 1000
        headers = Headers()
        giveBodyBack()
        response = nil
        stream?.close()
        stream = nil
        isStreamSuspended = false
        discardedBytes = 0
        hasHeaders = false
        earlyAnswer = nil
    }

    /// Takes memory for some of the body; returns `false` when there is none.
    func takeMemory(_ bytes: Int) -> Bool {
        guard server.bodyMemory.take(bytes, for: account) else { return false }
        accountedBytes += bytes
        return true
    }

    /// Takes memory for a body that becomes as long as this; returns `false` when there is none.
    func takeMemory(upTo length: Int) -> Bool {
        takeMemory(max(0, length - accountedBytes))
    }

    /// Lets go of the body and of its memory.
    func giveBodyBack() {
        body = []
        ticket = nil
        server.bodyMemory.giveBack(accountedBytes, of: account)
        accountedBytes = 0
    }

    /// Begins to write a stream.
    func begin(_ stream: ResponseStream) {
        self.stream = stream
        phase = .streaming
        stream.hasClientGone = { [unowned self] in clientHasGone }
        stream.wake = { [unowned self] in
            guard isStreamSuspended else { return }
            isStreamSuspended = false
            MHD_resume_connection(native)
            server.hasResumed = true
        }
    }

    /// Waits until the stream has more.
    func suspendStream() {
        isStreamSuspended = true
        MHD_suspend_connection(native)
    }

    /// The request without its body.
    var requestHead: Request {
        Request(
            method: method,
            target: parsedTarget,
            headers: headers,
            peerAddress: peerAddress
        )
    }

    /// Moves the request out, with its body uncopied.
    func takeRequest() -> Request {
        var request = requestHead
        swap(&request.body, &body)
        return request
    }
}
