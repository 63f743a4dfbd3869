import Contracts
public import HTTP
import HTTPServer
import Synchronization

/// Health and metrics of one process, on a port and a thread of their own.
public final class OperationsServer {
    private final class Health: Sendable {
        private let state = Mutex((isReady: false, tick: ContinuousClock.now))

        func update(isReady: Bool) {
            state.withLock { $0 = (isReady, ContinuousClock.now) }
        }

        /// Alive: the loop has gone round within the last ten seconds.
        var isAlive: Bool {
            state.withLock { ContinuousClock.now - $0.tick < .seconds(10) }
        }

        var isReady: Bool { state.withLock { $0.isReady } && isAlive }
    }

    private let health = Health()
    private let server: HTTPServer

    /// Binds the port.
    ///
    /// - Throws: The address is malformed or taken.
    public init(address: String, metrics: Metrics) throws {
        let health = health
        var limits = HTTPLimits()
        limits.connections = 32
        limits.idleSeconds = 15
        server = try HTTPServer(address: address, mode: .thread, limits: limits) {
            request,
            exchange in
            exchange.respond(
                Self.answer(
                    request.path,
                    isAlive: health.isAlive,
                    isReady: health.isReady,
                    metrics: metrics
                )
            )
        }
    }

    /// The URL of the port.
    public var url: String { "http://127.0.0.1:\(server.port)" }

    /// Says that the loop has gone round, and whether the process can do its work.
    public func tick(isReady: Bool) {
        health.update(isReady: isReady)
    }

    /// Returns the answer to one of the three questions of operators.
    public static func answer(
        _ path: String,
        isAlive: Bool,
        isReady: Bool,
        metrics: Metrics
    ) -> Response {
        switch path {
        case "/healthz": .text(status: isAlive ? 200 : 503, isAlive ? "alive\n" : "stuck\n")
        case "/readyz": .text(status: isReady ? 200 : 503, isReady ? "ready\n" : "not ready\n")
        case "/metrics":
            Response(
                status: 200,
                contentType: "text/plain; version=0.0.4; charset=utf-8",
                body: Array(metrics.text().utf8)
            )
        default: .text(status: 404, "ask for /healthz, /readyz or /metrics\n")
        }
    }
}
