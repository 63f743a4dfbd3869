import CMicroHTTPD
import Glibc
public import HTTP

/// An HTTP server on a TCP port.
///
/// It runs on the thread of its owner, who polls ``fileDescriptor`` and calls ``run()``; or, for
/// answers that need no waiting, on a thread of its own.
public final class HTTPServer {
    /// Who runs a server.
    public enum Mode: Hashable, Sendable {
        /// The owner's loop.
        case loop
        /// A thread of the server; the handler then answers before it returns.
        case thread
    }

    /// What becomes of a request; it may keep the exchange and answer later.
    public typealias Handler = (Request, Exchange) -> Void

    let limits: HTTPLimits
    let handler: Handler
    let refusal: (Int, Request) -> Response
    let bodyLimit: (Request) -> Int?
    private let mode: Mode
    private var daemon: OpaquePointer?
    private var hasResumed = false
    private var waiting: [ObjectIdentifier: Exchange] = [:]

    /// Binds an address and begins to listen.
    ///
    /// - Parameters:
    ///   - address: A numeric address and a port, `127.0.0.1:8080`; port 0 takes a free one.
    ///   - mode: Who runs the server.
    ///   - limits: What bounds it.
    ///   - bodyLimit: The body's limit in bytes for a route that has one of its own.
    ///   - refusal: The answer to what the server refuses by itself: 400, 413, 503.
    ///   - handler: What becomes of a request.
    /// - Throws: The address is malformed or taken.
    public init(
        address: String,
        mode: Mode = .loop,
        limits: HTTPLimits = HTTPLimits(),
        bodyLimit: @escaping (Request) -> Int? = { _ in nil },
        refusal: @escaping (Int, Request) -> Response = { status, _ in Response(status: status) },
        handler: @escaping Handler
    ) throws(HTTPServerError) {
        self.limits = limits
        self.handler = handler
        self.refusal = refusal
        self.bodyLimit = bodyLimit
        self.mode = mode
        let socketAddress = try SocketAddress(address)
        var flags = MHD_USE_EPOLL.rawValue
        flags |=
            mode == .loop
            ? MHD_ALLOW_SUSPEND_RESUME.rawValue : MHD_USE_INTERNAL_POLLING_THREAD.rawValue
        if socketAddress.isIPv6 { flags |= MHD_USE_IPv6.rawValue }
        let context = Unmanaged.passUnretained(self).toOpaque()
        daemon = socketAddress.withPointer { pointer in
            cmicrohttpd_start(
                UInt32(flags),
                pointer,
                HTTPServer.access,
                context,
                HTTPServer.completed,
                context,
                HTTPServer.began,
                context,
                UInt32(limits.connections),
                UInt32(limits.idleSeconds),
                limits.connectionMemory
            )
        }
        guard daemon != nil else {
            let cause = String(cString: strerror(errno))
            throw HTTPServerError(message: "cannot listen on \(address): \(cause)")
        }
    }

    deinit {
        stop()
    }

    /// The port that the server is bound to.
    public var port: UInt16 {
        daemon.map { cmicrohttpd_port($0) } ?? 0
    }

    /// What can be read when ``run()`` has something to do.
    public var fileDescriptor: Int32 {
        daemon.map { cmicrohttpd_epoll_descriptor($0) } ?? -1
    }

    /// The number of requests that wait for their answers.
    public var requestsInFlight: Int { waiting.count }

    /// The greatest time until ``run()`` must be called again, or `nil`.
    public var timeoutMilliseconds: Int? {
        var timeout: UInt64 = 0
        guard let daemon else { return nil }
        if hasResumed { return 0 }
        return MHD_get_timeout(daemon, &timeout) == .YES ? Int(clamping: timeout) : nil
    }

    /// Does what is ready, without waiting.
    public func run() {
        guard let daemon else { return }
        repeat {
            hasResumed = false
            MHD_run(daemon)
        } while hasResumed
    }

    /// Takes no new connections from now on.
    public func quiesce() {
        guard let daemon else { return }
        let socket = MHD_quiesce_daemon(daemon)
        if socket >= 0 { close(socket) }
    }

    /// Answers whoever still waits with 503, and closes all connections.
    public func stop() {
        guard let daemon else { return }
        for exchange in waiting.values {
            exchange.respond(refusal(503, exchange.request))
        }
        if mode == .loop { run() }
        MHD_stop_daemon(daemon)
        self.daemon = nil
    }

    func resumed() {
        hasResumed = true
    }

    func wait(for exchange: Exchange) {
        waiting[ObjectIdentifier(exchange)] = exchange
    }

    func forget(_ exchange: Exchange) {
        waiting[ObjectIdentifier(exchange)] = nil
    }
}
