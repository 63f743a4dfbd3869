import CMicroHTTPD
import Glibc
public import HTTP

/// An HTTP server on a TCP port.
///
/// It runs on the thread of its owner, who polls ``fileDescriptor`` for at most
/// ``timeoutMilliseconds`` and calls ``run()``; or, for answers that need no waiting, on a thread
/// of its own.
public final class HTTPServer {
    /// Who runs a server.
    public enum Mode: Hashable, Sendable {
        /// The owner's loop: everything is called and happens on one thread.
        case loop
        /// A thread of the server, which calls the closures; the handler answers before it returns.
        case thread
    }

    /// What becomes of a request; it may keep the exchange and answer later.
    public typealias Handler = (Request, Exchange) -> Void

    /// The port that the server is bound to.
    public let port: UInt16

    /// What can be read when ``run()`` has something to do.
    public let fileDescriptor: Int32

    /// The number of requests that wait for their answers.
    public internal(set) var requestsInFlight = 0

    /// The number of open connections.
    public var openConnections: Int { connections.count }

    /// The number of bytes that are taken for bodies.
    public var bodyBytes: Int { bodyMemory.total }

    let limits: HTTPLimits
    let handler: Handler
    let refusal: (Int, Request) -> Response
    let admission: (Request) -> Admission
    var bodyMemory: BodyMemory
    var hasResumed = false
    var now = readMonotonicClock()
    var connections: [ObjectIdentifier: Connection] = [:]
    private(set) var isQuiescent = false
    private var isRunning = false
    private var daemon: OpaquePointer?
    private let box = ServerBox()
    private var thread: ServerThread?
    private var nextSweep = readMonotonicClock()

    /// Binds an address and begins to listen.
    ///
    /// - Parameters:
    ///   - address: A numeric address and a port, `127.0.0.1:8080`; port 0 takes a free one.
    ///   - mode: Who runs the server.
    ///   - limits: What bounds it.
    ///   - admission: What becomes of a request at its headers; the request is without its body.
    ///   - refusal: The answer to what the server refuses by itself: 400, 413, 501, 503. The target
    ///     of a 400 can be malformed, and there is never a body.
    ///   - handler: What becomes of a request.
    /// - Throws: The address is malformed or taken.
    public init(
        address: String,
        mode: Mode = .loop,
        limits: HTTPLimits = HTTPLimits(),
        admission: @escaping (Request) -> Admission = { _ in .read(Admission.Terms()) },
        refusal: @escaping (Int, Request) -> Response = { status, _ in Response(status: status) },
        handler: @escaping Handler
    ) throws(HTTPServerError) {
        self.limits = limits
        self.handler = handler
        self.refusal = refusal
        self.admission = admission
        bodyMemory = BodyMemory(limit: limits.bodyMemoryBytes, share: limits.bodyShareBytes)
        let listener = try SocketAddress(address).listen()
        port = SocketAddress.port(of: listener)
        daemon = cmicrohttpd_start(
            listener,
            HTTPServer.callbacks(for: box),
            UInt32(clamping: limits.connections),
            UInt32(clamping: limits.connectionsPerAddress ?? 0),
            limits.connectionMemory
        )
        fileDescriptor = daemon.map { cmicrohttpd_epoll_descriptor($0) } ?? -1
        guard daemon != nil else {
            // The library has closed the listening socket, also when it could not start.
            throw HTTPServerError(message: "cannot start a server on \(address)")
        }
        box.server = self
        if mode == .thread {
            thread = try ServerThread(of: self)
        }
    }

    deinit {
        stop()
    }

    /// The greatest time until ``run()`` must be called again, or `nil`.
    public var timeoutMilliseconds: Int? {
        guard let daemon else { return nil }
        var timeout: UInt64 = 0
        if hasResumed || MHD_get_timeout(daemon, &timeout) == .YES { return 0 }
        return connections.isEmpty ? nil : max(0, nextSweep - readMonotonicClock())
    }

    /// Does what is ready, without waiting.
    public func run() {
        guard let daemon else { return }
        precondition(!isRunning, "a handler runs its server")
        isRunning = true
        defer { isRunning = false }
        now = readMonotonicClock()
        hasResumed = false
        MHD_run(daemon)
        closeOverdueConnections()
    }

    /// Takes no new connections from now on, and closes each connection with its next answer.
    ///
    /// It is for a server on its owner's loop.
    public func quiesce() {
        guard let daemon, !isQuiescent else { return }
        isQuiescent = true
        let listener = MHD_quiesce_daemon(daemon)
        if listener >= 0 { close(listener) }
    }

    /// Answers whoever still waits with 503, and closes all connections.
    ///
    /// It gives the clients a second to take their answers. An answer that a handler gives later is
    /// dropped.
    public func stop() {
        if let thread {
            self.thread = nil
            thread.stop()
        }
        finish()
    }

    /// Ends the daemon, on the thread that runs it.
    private func finish() {
        guard daemon != nil else { return }
        precondition(!isRunning, "a handler stops its server")
        quiesce()
        refuseWaitingRequests()
        for connection in connections.values { connection.stream?.end() }
        let last = readMonotonicClock() + 1000
        repeat {
            run()
            let isBusy = connections.values.contains { connection in
                connection.phase == .answering || connection.phase == .streaming
            }
            guard isBusy else { break }
            var query = pollfd(fd: fileDescriptor, events: Int16(POLLIN), revents: 0)
            poll(&query, 1, 10)
        } while readMonotonicClock() < last
        refuseWaitingRequests()
        MHD_stop_daemon(daemon)
        daemon = nil
    }

    private func refuseWaitingRequests() {
        for connection in connections.values {
            guard connection.exchange != nil else { continue }
            connection.exchange = nil
            connection.answer(refuse(503, connection.takeRequest()))
        }
    }

    /// Closes the connections whose deadline has passed; they are looked for a few times in the
    /// shortest one.
    private func closeOverdueConnections() {
        guard now >= nextSweep else { return }
        let shortest = min(
            limits.idleSeconds * 1000,
            limits.requestMilliseconds,
            limits.responseMilliseconds
        )
        nextSweep = now + max(20, min(1000, shortest / 4))
        for connection in connections.values
        where connection.hasDeadline && connection.deadline <= now {
            shutdown(connection.descriptor, Int32(SHUT_RDWR))
        }
    }
}
