import Contracts
import Messaging

/// A port to simulated servers: requests take time, and their answers may be lost.
///
/// A server does its work also when the process that asked has died meanwhile.
final class OutsidePort: WakeablePort, MortalPort {
    private unowned let host: Host
    private let outside: Outside
    private var results: [any Message] = []
    private var isDead = false

    init(host: Host, outside: Outside) {
        self.host = host
        self.outside = outside
    }

    var fileDescriptor: Int32 { -1 }

    /// The time of the port's process, for what waits in a queue before it.
    var instant: ContinuousClock.Instant {
        outside.firstInstant.advanced(by: .microseconds(host.kernel.now))
    }

    func take(_ order: any Message) -> Bool {
        if let exchange = order as? HTTPExchange {
            outside.serve(exchange) { [self] result in
                finish(HTTPExchangesEnded(results: [result]))
            }
            return true
        }
        if let text = (order as? TextOrder)?.text {
            outside.text(text) { [self] result in finish(TextsEnded(results: [result])) }
            return true
        }
        return false
    }

    func takeResults() -> [any Message] {
        defer { results = [] }
        return results
    }

    func wake() { host.wake(after: 0) }

    func die() { isDead = true }

    private func finish(_ result: any Message) {
        guard !isDead else { return }
        results.append(result)
        wake()
    }
}
