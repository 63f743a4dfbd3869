import Contracts
import Dialects
import GatewayCore
import HTTP
import Messaging
import ServiceHost
import Storage

/// The gateway of production on the run's executor.
final class GatewayLoop: HostedLoop, @unchecked Sendable {
    // Its tasks run on the run's thread.

    /// Somebody who waits for an answer; `nil` is a connection that was lost.
    typealias Completion = (Response?) -> Void

    private let gateway: Gateway
    private let client: BusClient
    private let transport: HostTransport
    private unowned let host: Host
    private var waiting: [Int: Completion] = [:]
    private var lastRequest = 0

    init(host: Host, database: FaultyDatabase, network: Network) throws {
        self.host = host
        transport = HostTransport(host: host, network: network)
        client = BusClient(transport: transport, environment: host.clock, metrics: Metrics())
        let keys = try KeyStore(database: database, environment: host.clock)
        let kernel = host.kernel
        let limiter = Limiter(.none, environment: host.clock)
        gateway = Gateway(
            dialects: [
                NativeDialect(), NetAuthDialect(), MixinDialect(), BarkDialect(), SixDot50Dialect(),
            ],
            keys: keys,
            services: client,
            streams: EventStreams(services: client, limiter: limiter, keys: keys) {
                kernel.start($0)
            },
            limiter: limiter,
            environment: host.clock,
            publicAnswer: { _ in nil }
        )
        if let first = try keys.firstOrganisation() {
            kernel.start { [client] in await FirstOrganisation.openRails(of: first, client) }
        }
    }

    /// Idle turns are as often as those of production.
    var patience: Int64 { 250_000 }

    func turn() {
        client.take(transport.receive(limit: 512, waitingMilliseconds: 0))
        host.kernel.executor.runJobs()
        client.flush()
    }

    /// Answers a request, unless the process dies before.
    func answer(_ request: HTTP.Request, _ completion: @escaping Completion) {
        lastRequest += 1
        let number = lastRequest
        waiting[number] = completion
        host.kernel.start { [self] in
            let response = await gateway.answer(request)
            waiting.removeValue(forKey: number)?(response)
        }
        host.wake(after: 0)
    }

    func die() {
        let lost = waiting.sorted { $0.key < $1.key }
        waiting = [:]
        for (_, completion) in lost { completion(nil) }
    }
}
