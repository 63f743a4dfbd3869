import Contracts
import Crypto
import Dialects
import GatewayCore
import HTTP
import HTTPServer
import JSON
import Messaging
import SQLiteStorage
import ServiceHost
import Storage
import ZeroMQTransport

/// The gateway's one thread: HTTP on one side, the bus on the other, tasks in between.
final class GatewayLoop {
    private let settings: Settings
    private let log: Log
    private let metrics = Metrics()
    private let executor = LoopExecutor()

    /// Where bodies that take long to read are read.
    private let aside = LoopExecutor.aside()
    private let environment: LoopEnvironment

    init(settings: Settings, log: Log) {
        self.settings = settings
        self.log = log
        environment = LoopEnvironment(SystemEnvironment(testClock: settings.testClock))
    }

    /// Describes a failure in words for an operator.
    static func describe(_ error: any Error) -> String {
        (error as? HTTPServerError)?.message ?? ServiceHost.describe(error)
    }

    /// Runs until the process is asked to end.
    func run() throws {
        let link = GatewayLink()
        OpenFiles.allowMany()
        // A port that is taken must not cost the keys, which are shown at the first start only.
        let http = try httpServer(link)
        try Files.makeFolder(settings.data)
        let keys = try KeyStore(
            database: EndingDatabase(
                try SQLiteDatabase(path: "\(settings.data)/gateway.sqlite"),
                log: log
            ),
            environment: environment
        )
        try bootstrap(keys)
        let transport = try ZeroMQTransport(
            instance: settings.instance,
            mailbox: nil,
            peers: settings.endpoints,
            keys: try settings.keysFolder.map { try CurveKeys(folder: $0, service: .gateway) },
            watching: [http.fileDescriptor, executor.fileDescriptor]
        )
        let client = BusClient(
            transport: transport,
            environment: environment.system,
            metrics: metrics
        )
        let limiter = Limiter(gatewayLimits(), environment: environment)
        let streams = EventStreams(services: client, limiter: limiter, keys: keys) {
            [executor] work in
            Task(executorPreference: executor) { await work() }
        }
        let readiness = Readiness(services: client, keys: keys) { [executor] work in
            Task(executorPreference: executor) { await work() }
        }
        link.gateway = gateway(
            keys: keys,
            services: client,
            streams: streams,
            limiter: limiter,
            readiness: readiness
        )
        try openRails(keys, client)
        let operations = try OperationsServer(
            address: settings.operationsAddress,
            metrics: metrics
        )
        operations.report(readiness.report)
        operations.tick(isReady: false)
        try ServiceHost.announce(
            .gateway,
            settings: settings,
            operations: operations,
            fields: [("url", .string(url(port: http.port)))]
        )
        ServiceHost.noteStart(settings, log)
        try serve(http, transport, client, operations, streams, limiter, readiness)
    }

    /// Opens the port, behind which the gateway comes to be.
    private func httpServer(_ link: GatewayLink) throws(HTTPServerError) -> HTTPServer {
        try HTTPServer(
            address: settings.httpAddress,
            limits: httpLimits(),
            admission: { head in link.admission(of: head) },
            refusal: { status, request in
                link.gateway?.refuse(status, request) ?? Response(status: status)
            },
            handler: { [executor, aside] request, exchange in
                guard let gateway = link.gateway,
                    let admitted = exchange.ticket as? AdmittedRequest
                else { return exchange.respond(Response(status: 503)) }
                let pending = Pending(
                    gateway: gateway,
                    admitted: admitted,
                    exchange: exchange,
                    aside: aside
                )
                Task(executorPreference: executor) { await pending.answer(request) }
            }
        )
    }

    /// Lets the first organisation use every rail, as soon as Settlement answers.
    private func openRails(_ keys: KeyStore, _ client: BusClient) throws {
        guard let first = try keys.firstOrganisation() else { return }
        Task(executorPreference: executor) {
            await FirstOrganisation.openRails(of: first, client)
        }
    }

    private func serve(
        _ http: HTTPServer,
        _ transport: ZeroMQTransport,
        _ client: BusClient,
        _ operations: OperationsServer,
        _ streams: EventStreams,
        _ limiter: Limiter,
        _ readiness: Readiness
    ) throws {
        var isEnding = false
        var lastTurn = Timestamp.max
        while !isEnding || (http.requestsInFlight > 0 && environment.now() < lastTurn) {
            let patience =
                [http.timeoutMilliseconds, streams.patienceMilliseconds]
                .compactMap(\.self).min().map { min($0, 250) } ?? 250
            client.take(try transport.receive(limit: 512, waitingMilliseconds: patience))
            executor.run()
            http.run()
            let uptime = environment.system.uptimeMicroseconds() / 1000
            streams.tick(at: uptime)
            readiness.tick(at: uptime)
            executor.run()
            client.flush()
            executor.run()
            if readiness.hasChanged() { operations.report(readiness.report) }
            operations.tick(isReady: readiness.isReady)
            note(http, streams, limiter)
            if Termination.isRequested, !isEnding {
                isEnding = true
                lastTurn = environment.now().advanced(byMilliseconds: 4000)
                http.quiesce()
            }
        }
        http.stop()
    }

    /// Notes what the process is busy with.
    private func note(_ http: HTTPServer, _ streams: EventStreams, _ limiter: Limiter) {
        metrics.set("purse_http_requests_in_flight", to: Int64(http.requestsInFlight))
        metrics.set("purse_event_listeners", to: Int64(streams.listenerCount))
        metrics.set("purse_event_stream_bytes", to: Int64(streams.waitingBytes))
        metrics.set("purse_http_body_bytes", to: Int64(http.bodyBytes))
        for (limit, count) in limiter.refusals {
            metrics.set("purse_limited_requests_total{limit=\"\(limit)\"}", to: count)
        }
    }

    private func gateway(
        keys: KeyStore,
        services: BusClient,
        streams: EventStreams,
        limiter: Limiter,
        readiness: Readiness
    ) -> Gateway {
        let document = OpenAPI.document(of: Version.number, Version.commit).bytes()
        let page = ReferencePage.html()
        let dialects: [any Dialect] = [
            NativeDialect(), NetAuthDialect(), MixinDialect(), BarkDialect(), SixDot50Dialect(),
        ]
        return Gateway(
            dialects: dialects,
            keys: keys,
            services: services,
            streams: streams,
            limiter: limiter,
            environment: environment,
            observer: AnswerObserver(log: log, metrics: metrics, dialects: dialects.map(\.name)),
            publicAnswer: { [metrics] request in
                metrics.add(to: "purse_http_requests_total")
                switch request.path {
                case "/metrics" where !request.isOfThisMachine: return nil
                case "/healthz", "/readyz", "/metrics":
                    return OperationsServer.answer(
                        request.path,
                        isAlive: true,
                        isReady: readiness.isReady,
                        report: request.path == "/readyz" ? readiness.report : nil,
                        metrics: metrics
                    )
                case "/openapi.json": return .json(document)
                case "/docs":
                    return Response(
                        status: 200,
                        contentType: "text/html; charset=utf-8",
                        body: Array(page.utf8)
                    )
                default: return nil
                }
            }
        )
    }

    /// What bounds the port.
    private func httpLimits() -> HTTPLimits {
        var limits = HTTPLimits()
        limits.connections = 8192
        let connections = limit(.addressConnections)
        limits.connectionsPerAddress = connections == 0 ? nil : connections
        limits.bodyMemoryBytes = limit(.bodyBytes)
        limits.bodyShareBytes = max(limits.bodyMemoryBytes / 4, 16 << 20)
        // As much as the largest body, so that whoever sends one without a key reads why not.
        limits.discardedBytes = 17 << 20
        return limits
    }

    /// What bounds the clients.
    private func gatewayLimits() -> GatewayLimits {
        var limits = GatewayLimits()
        limits.agentRequests = limit(.agentRequests)
        limits.agentBurst = limit(.agentBurst)
        limits.keyRequests = limit(.keyRequests)
        limits.keyBurst = limit(.keyBurst)
        limits.failedLogins = limit(.failedLogins)
        limits.keyStreams = limit(.keyStreams)
        limits.organisationStreams = limit(.organisationStreams)
        limits.streamBytes = limit(.streamBytes)
        return limits
    }

    private func limit(_ limit: ClientLimit) -> Int {
        settings.limits[limit] ?? limit.standard
    }

    /// Makes the first keys, and leaves them for whoever started the system, once.
    private func bootstrap(_ keys: KeyStore) throws {
        guard let made = try keys.bootstrap(organisationName: "Default organisation") else {
            return
        }
        let object: JSONValue = [
            "root_key": .string(made.root.secret),
            "admin_key": .string(made.admin.secret),
            "organisation_id": .string(made.organisation.id.rawValue),
        ]
        try Files.makeFolder("\(settings.state)/run")
        try Files.write(object.bytes(), to: "\(settings.state)/run/bootstrap.json")
    }

    private func url(port: UInt16) -> String {
        let colon = settings.httpAddress.lastIndex(of: ":") ?? settings.httpAddress.endIndex
        let host = settings.httpAddress[..<colon]
        return "http://\(host == "0.0.0.0" ? "127.0.0.1" : host):\(port)"
    }
}

extension HTTP.Request {
    /// Whether the machine itself asks, and nobody for whom a proxy on it does.
    fileprivate var isOfThisMachine: Bool {
        let forwarding = ["Forwarded", "Via", "X-Forwarded-For", "X-Real-IP"]
        guard forwarding.allSatisfy({ headers[$0] == nil }) else { return false }
        return peerAddress.hasPrefix("127.") || peerAddress == "::1"
            || peerAddress.hasPrefix("::ffff:127.")
    }
}

extension Timestamp {
    fileprivate static let max = Timestamp(milliseconds: .max)
}

/// The gateway, once it is there; only the loop's thread looks at it.
private final class GatewayLink: @unchecked Sendable {
    var gateway: Gateway?

    func admission(of head: HTTP.Request) -> Admission {
        guard let gateway else { return .answer(Response(status: 503)) }
        switch gateway.decide(head) {
        case .answer(let response): return .answer(response)
        case .admitted(let admitted):
            return .read(
                Admission.Terms(
                    bodyBytes: admitted.bodyBytes,
                    account: admitted.account,
                    ticket: admitted
                )
            )
        }
    }
}

/// A request that waits for its answer; its task runs on the loop's thread only.
private struct Pending: @unchecked Sendable {
    let gateway: Gateway
    let admitted: AdmittedRequest
    let exchange: Exchange
    let aside: LoopExecutor

    /// The size of a body from which on others do not wait for its reading.
    private static let longBody = 16 << 10

    func answer(_ request: HTTP.Request) async {
        var request = request
        if request.body.count > Self.longBody, request.mediaType == "application/json" {
            request = await withTaskExecutorPreference(aside) { [request] in
                await Self.read(request)
            }
        }
        exchange.respond(await gateway.answer(request, admitted))
    }

    private nonisolated static func read(_ request: HTTP.Request) async -> HTTP.Request {
        request.withBodyRead()
    }
}

/// Time and random bytes for the gateway.
private final class LoopEnvironment: GatewayEnvironment {
    let system: SystemEnvironment

    init(_ system: SystemEnvironment) {
        self.system = system
    }

    func now() -> Timestamp { system.now() }

    func uptimeMicroseconds() -> Int64 { system.uptimeMicroseconds() }

    func randomBytes(_ count: Int) -> [UInt8] { SecureRandom.bytes(count) }

    func pause(milliseconds: Int64) async {
        // Nobody cancels the task; without a pause the one who waits asks once more too early.
        try? await Task.sleep(for: .milliseconds(milliseconds))
    }
}
