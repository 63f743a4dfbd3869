import Contracts
public import HTTP
import HTTPServer
public import JSON
import Synchronization

/// Health and metrics of one process, on a port and a thread of their own.
public final class OperationsServer {
    private final class Health: Sendable {
        private let state = Mutex((isReady: false, tick: ContinuousClock.now))
        private let lastReport = Mutex(JSONValue?.none)

        func update(isReady: Bool) {
            state.withLock { $0 = (isReady, ContinuousClock.now) }
        }

        func update(report: JSONValue) {
            lastReport.withLock { $0 = report }
        }

        var report: JSONValue? { lastReport.withLock { $0 } }

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
                    report: health.report,
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

    /// Says which parts of what the process needs can do their work.
    public func report(_ report: JSONValue) {
        health.update(report: report)
    }

    /// Returns the answer to one of the three questions of operators; `report` is what `/readyz`
    /// tells instead of a word.
    public static func answer(
        _ path: String,
        isAlive: Bool,
        isReady: Bool,
        report: JSONValue? = nil,
        metrics: Metrics
    ) -> Response {
        if path == "/readyz", let report {
            return .json(status: isReady ? 200 : 503, report.bytes())
        }
        return switch path {
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
