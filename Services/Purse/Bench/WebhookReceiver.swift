import Crypto
import Glibc
import HTTP
import HTTPServer
import Synchronization

/// A receiver of webhooks on loopback, which checks each signature.
final class WebhookReceiver {
    private struct State {
        var key: [UInt8] = []
        var good = 0
        var bad = 0
    }

    private final class Counter: Sendable {
        let state = Mutex(State())

        func take(_ request: HTTP.Request) {
            let id = request.headers["webhook-id"] ?? ""
            let time = request.headers["webhook-timestamp"] ?? ""
            let signature = request.headers["webhook-signature"] ?? ""
            let message = Array("\(id).\(time).".utf8) + request.body
            state.withLock { state in
                let code = HMACSHA256.code(of: message, key: state.key)
                if signature == "v1," + Base64.text(of: code) {
                    state.good += 1
                } else {
                    state.bad += 1
                }
            }
        }
    }

    private let counter = Counter()
    private let server: HTTPServer

    init() throws {
        let counter = counter
        var limits = HTTPLimits()
        limits.connections = 1024
        server = try HTTPServer(address: "127.0.0.1:0", mode: .thread, limits: limits) {
            request,
            exchange in
            counter.take(request)
            exchange.respond(Response(status: 204))
        }
    }

    var url: String { "http://127.0.0.1:\(server.port)/hook" }

    func use(secret: String) {
        let key = Base64.bytes(of: String(secret.dropFirst("whsec_".count))) ?? []
        counter.state.withLock { $0.key = key }
    }

    /// Waits until a number of deliveries has come, or the time is over.
    func wait(for count: Int, seconds: Int, console: Console) -> (good: Int, bad: Int) {
        var progress = Progress("receiving", console: console)
        let deadline = Clock.milliseconds() + Int64(seconds) * 1000
        while true {
            let (good, bad) = counter.state.withLock { ($0.good, $0.bad) }
            progress.show(good, of: count)
            if good + bad >= count || Clock.milliseconds() > deadline {
                progress.end()
                return (good, bad)
            }
            usleep(5000)
        }
    }
}
