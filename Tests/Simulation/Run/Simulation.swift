import Contracts
import Crypto
import EscrowCore
import GatewayCore
import HTTP
import KeyVault
import Messaging
import NotifierCore
import PolicyCore
import SettlementCore
import Storage

/// One run: five services in one thread under one seed, clients, faults and checks.
public final class Simulation: @unchecked Sendable {
    // Everything happens on the thread that runs it; its tasks have an executor of their own.

    /// What a run is made of.
    public struct Options: Sendable {
        /// The seed, from which everything follows.
        public var seed: UInt64

        /// The number of events with faults.
        public var steps = 4000

        /// The names of the workloads, or `nil` for some that the seed chooses.
        public var workloads: [String]?

        /// The kinds of faults that happen.
        public var kinds = FaultPlan.Kind.usual

        /// How many times as many clients there are, or `nil` for what the seed chooses.
        public var load: Int?

        /// A fault that is planted in the services.
        public var mutation: Mutation?

        /// Creates the options of a seed.
        public init(seed: UInt64) {
            self.seed = seed
        }
    }

    let kernel = Kernel()
    let epoch = HostClock.Epoch()
    let coverage = Coverage()
    let auditor = Auditor()
    let trace: Trace
    let faults: FaultPlan
    let network: Network
    let outside: Outside
    private(set) var hosts: [Host] = []
    private(set) var databases: [ServiceName: FaultyDatabase] = [:]

    private let options: Options
    private let checker: Checker
    private var random: SeededGenerator
    private var troubles: SeededGenerator
    private(set) var traps: [ServiceName: Trap] = [:]
    private var names = 0

    /// The types of what was said by who may not say it.
    var forgeries: Set<String> = []

    /// The greatest time that any clock has shown, and how far clocks were set back since.
    private var greatestTime: Int64 = 0
    private var steppedBack: Int64 = 0
    private var stepCount = 0
    private var workloads: [any Workload] = []
    private var clientsUnderWay = 0
    private(set) var isEnding = false
    private(set) var adminKey = ""
    private(set) var rootKey = ""
    private(set) var organisation = ""

    /// Prepares a run.
    public init(_ options: Options, writer: ((String) -> Void)? = nil) {
        self.options = options
        let seed = options.seed
        random = SeededGenerator(seed: seed, purpose: "clients")
        troubles = SeededGenerator(seed: seed, purpose: "troubles")
        trace = Trace()
        trace.writer = writer
        let kinds = options.mutation?.kinds(options.kinds) ?? options.kinds
        faults = FaultPlan(seed: seed, kinds: kinds)
        network = Network(
            kernel: kernel,
            faults: faults,
            coverage: coverage,
            trace: trace,
            mutation: options.mutation,
            seed: seed
        )
        outside = Outside(
            kernel: kernel,
            faults: faults,
            coverage: coverage,
            trace: trace,
            seed: seed
        )
        checker = Checker(coverage: coverage)
    }

    // MARK: Running

    /// Runs it to its end, or to the first finding.
    public func run() -> Report {
        do {
            try makeHosts()
        } catch {
            auditor.find("the hosts do not start: \(error)")
        }
        supervise()
        workloads = WorkloadCatalogue.make(options.workloads, options.seed, self)
        prepare()
        let settingUp = kernel.stepCount
        faults.begin()
        scheduleTrouble()
        startClients()
        advance { kernel.stepCount - settingUp >= options.steps }
        settle()
        return report()
    }

    /// Lets the workloads make what they need, before anything fails.
    private func prepare() {
        clientsUnderWay = 1
        kernel.start { [self] in
            for workload in workloads { await workload.setUp() }
            clientsUnderWay = 0
        }
        kernel.executor.runJobs()
        let limit = kernel.stepCount + 200_000
        advance { clientsUnderWay == 0 || kernel.stepCount > limit }
        if isClean, clientsUnderWay > 0 { auditor.find("the workloads' setting up does not end") }
    }

    private func startClients() {
        let load = options.load ?? faults.load
        for workload in workloads {
            let (least, longest) = (workload.pause.lowerBound, workload.pause.upperBound)
            let rest = least / Int64(load)...longest / Int64(load)
            for _ in 0..<workload.clientCount * load {
                clientsUnderWay += 1
                kernel.start { [self] in
                    await pause(0...1_000_000)
                    while !isEnding {
                        await workload.step()
                        await pause(rest)
                    }
                    clientsUnderWay -= 1
                }
            }
        }
        kernel.executor.runJobs()
    }

    /// Lets events happen until a condition holds or something is found.
    private func advance(until isEnough: () -> Bool) {
        while isClean, !isEnough() {
            guard kernel.step() else { return auditor.find("nothing happens any more") }
        }
    }

    private var isClean: Bool {
        auditor.findings.isEmpty && checker.findings.isEmpty && trace.leak == nil
            && outside.findings.isEmpty
    }

    /// Ends the faults, lets time pass, and demands that everything comes to its end.
    private func settle() {
        faults.end()
        isEnding = true
        trace.note("faults end", at: kernel.now)
        network.heal()
        for trap in traps.values { trap.mend() }
        pass(steppedBack)
        for host in hosts {
            host.isStopped = false
            host.start()
            host.wake(after: 0)
        }
        let limit = kernel.now + 3_600_000_000
        advance { clientsUnderWay == 0 || kernel.now > limit }
        if isClean, clientsUnderWay > 0 {
            auditor.find("\(clientsUnderWay) clients wait for ever")
        }
        let hour: Int64 = 3_600_000
        for jump in [0, hour, 24 * hour, 24 * hour, 5 * 24 * hour, 31 * 24 * hour, 31 * 24 * hour] {
            guard isClean else { return }
            pass(jump)
            let until = kernel.now + 20_000_000
            advance { kernel.now >= until }
        }
        finishChecks()
    }

    private func finishChecks() {
        guard isClean else { return }
        clientsUnderWay = 1
        kernel.start { [self] in
            // The town judges what all others have judged before.
            for workload in workloads.reversed() { await workload.check() }
            clientsUnderWay = 0
        }
        kernel.executor.runJobs()
        let limit = kernel.now + 3_600_000_000
        advance { clientsUnderWay == 0 || kernel.now > limit }
        if isClean, clientsUnderWay > 0 { auditor.find("the workloads' checks do not end") }
        if isClean { checker.checkEnd(databases) }
    }

    /// Moves all wall clocks on; what the world would have done meanwhile is done.
    private func pass(_ milliseconds: Int64) {
        guard milliseconds > 0 else { return }
        trace.note("time passes: \(milliseconds) ms", at: kernel.now)
        outside.hasten(until: kernel.now + milliseconds * 1000)
        epoch.milliseconds += milliseconds
        simulatedJumps += milliseconds
        for host in hosts { host.wake(after: 0) }
    }

    private var simulatedJumps: Int64 = 0

    private func report() -> Report {
        var findings = auditor.findings + checker.findings + outside.findings
        if let leak = trace.leak { findings.append("a secret is in a message: \(leak)") }
        var metrics: [String: Int] = [:]
        for workload in workloads {
            for (name, value) in workload.metrics { metrics[workload.name + "." + name] = value }
        }
        return Report(
            seed: options.seed,
            findings: findings,
            steps: kernel.stepCount,
            messages: network.deliveredCount,
            judgements: auditor.judgedCount + checker.checkCount,
            simulatedMilliseconds: kernel.now / 1000 + simulatedJumps,
            digest: trace.digest,
            coverage: coverage,
            metrics: metrics,
            workloads: workloads.map(\.name),
            lastLines: trace.lastLines
        )
    }

    // MARK: Hosts

    private func makeHosts() throws {
        guard let master = MasterKey(plain: Hex.text(of: [UInt8](repeating: 7, count: 32))) else {
            preconditionFailure("32 bytes are a master key")
        }
        try add(.policy) { [self] host in
            try loop(PolicyStateMachine(paymentsPerTurn: BatchCheck.payoutsPerTurn), host)
        }
        try add(.settlement) { [self] host in
            let port = OutsidePort(host: host, outside: outside)
            let rail = SimulatedRail(url: "https://bark.example", port: port)
            let machine = SettlementStateMachine(
                signingKey: master.signingKey,
                addresses: master.addresses,
                node: LightningNode(seed: master.nodeSeed),
                rails: [.bark],
                payoutsPerTurn: BatchCheck.payoutsPerTurn
            )
            return try loop(machine, host, ports: [rail])
        }
        try add(.escrow) { [self] host in
            let machine = EscrowStateMachine(
                addresses: master.addresses,
                callbackKey: master.callbackKey
            )
            return try loop(machine, host)
        }
        try add(.notifier) { [self] host in
            let machine = NotifierStateMachine(secretKey: [UInt8](repeating: 9, count: 32))
            let port = OutsidePort(host: host, outside: outside)
            return try loop(machine, host, gatheringMilliseconds: 5, ports: [port])
        }
        let gateway = try add(.gateway) { [self] host in
            try GatewayLoop(host: host, database: database(of: .gateway), network: network)
        }
        for host in hosts where host !== gateway { host.start() }
        gateway.start()
        let keys = try KeyStore(database: database(of: .gateway), environment: gateway.clock)
        if let made = try keys.bootstrap(organisationName: "Simulation") {
            adminKey = made.admin.secret
            rootKey = made.root.secret
            organisation = made.organisation.id.rawValue
        }
    }

    private func database(of service: ServiceName) -> FaultyDatabase {
        guard let database = databases[service] else { preconditionFailure("each host has one") }
        return database
    }

    private func loop<Machine: StateMachine>(
        _ machine: Machine,
        _ host: Host,
        gatheringMilliseconds: Int = 0,
        ports: [any MortalPort] = []
    ) throws -> any HostedLoop {
        let trap =
            traps[host.service] ?? Trap(coverage: coverage) { [self] in auditor.find($0) }
        traps[host.service] = trap
        let observer = HostWatcher(
            host: host,
            coverage: coverage,
            onDeadLetter: { [self] words in auditor.find(words) },
            onForbidden: { [self] type, sender in noteForbidden(type, sender, to: host) },
            onPutAside: { [self] in
                trap.putAside()
                callOperator(for: host.service)
            }
        )
        func loop(_ machine: some StateMachine) throws -> any HostedLoop {
            try MailroomLoop(
                machine,
                host: host,
                database: database(of: host.service),
                network: network,
                observer: observer,
                gatheringMilliseconds: gatheringMilliseconds,
                ports: ports,
                afterTurn: { [self] in
                    checker.check(host.service, databases, at: kernel.now)
                }
            )
        }
        let mutation = options.mutation?.service == host.service ? options.mutation : nil
        return try loop(Seam(machine: machine, host: host, trap: trap, mutation: mutation))
    }

    @discardableResult
    private func add(
        _ service: ServiceName,
        _ make: @escaping (Host) throws -> any HostedLoop
    ) throws -> Host {
        let clock = HostClock(
            kernel: kernel,
            epoch: epoch,
            random: SeededGenerator(seed: options.seed, purpose: "clock " + service.rawValue)
        )
        let host = Host(
            service: service,
            clock: clock,
            kernel: kernel,
            coverage: coverage,
            faults: faults,
            seed: options.seed,
            onFailure: { [self] error in auditor.find("\(service.rawValue) failed: \(error)") },
            make: make
        )
        hosts.append(host)
        network.add(host)
        databases[service] = try FaultyDatabase(
            host: host,
            mutation: options.mutation,
            seed: options.seed
        )
        return host
    }

    func host(_ service: ServiceName) -> Host {
        guard let host = hosts.first(where: { $0.service == service }) else {
            preconditionFailure("there is a host of each service")
        }
        return host
    }

    // MARK: Troubles

    private func scheduleTrouble() {
        let wait = troubles.number(in: 1...2 * faults.troubleInterval)
        kernel.after(wait) { [self] in
            guard !faults.isOver else { return }
            makeTrouble()
            scheduleTrouble()
        }
    }

    private func makeTrouble() {
        let drawn = troubles.element(of: [
            FaultPlan.Kind.partition, .stop, .crash, .fullDisk, .skew, .jump, .clockStep, .trap,
        ])
        let kind = faults.only ?? drawn
        let host = troubles.element(of: hosts)
        let other = troubles.element(of: hosts)
        let duration = troubles.number(in: 10_000...3_000_000)
        let jump = troubles.element(of: [Int64(1000), 60_000, 1_200_000, 3_600_000, 43_200_000])
        let skew = troubles.number(in: -700...700)
        let hour: Int64 = 3_600_000
        let step = troubles.element(of: [-hour, -25 * hour, -31 * 24 * hour, -1000, 25 * hour])
        guard faults.allows(kind) else { return }
        trace.note("trouble: \(kind.rawValue) \(host.name)", at: kernel.now)
        switch kind {
        case .partition:
            guard host !== other else { return }
            coverage.count(.partition)
            network.setPartition(true, between: host.name, and: other.name)
            kernel.after(duration) { [self] in
                network.setPartition(false, between: host.name, and: other.name)
            }
        case .stop:
            coverage.count(.hostStopped)
            host.isStopped = true
            kernel.after(duration) { host.isStopped = false }
        case .crash:
            guard host.isUp else { return }
            coverage.count(.crash)
            if duration > 2_000_000 { databases[host.service]?.fullUntil = kernel.now + duration }
            host.kill()
        case .fullDisk:
            coverage.count(.fullDisk)
            databases[host.service]?.fullUntil = kernel.now + duration
        case .skew:
            coverage.count(.clockSkewed)
            host.clock.skew = skew
        case .jump:
            coverage.count(.clockJumped)
            pass(jump)
        case .clockStep: stepClocks(by: step)
        case .trap:
            guard let trap = traps[host.service] else { return }
            trap.set()
            // Whoever looks after the services has mended this one after a while.
            kernel.after(5_000_000 + duration) { trap.mend() }
        default: break
        }
    }

    /// All machines end, and when they start again their clocks stand elsewhere.
    private func stepClocks(by milliseconds: Int64) {
        guard stepCount < 3 else { return }
        stepCount += 1
        coverage.count(.clockStepped)
        greatestTime = policyTime
        for host in hosts { host.kill() }
        guard milliseconds < 0 else { return pass(milliseconds) }
        trace.note("clocks step: \(milliseconds) ms", at: kernel.now)
        epoch.milliseconds += milliseconds
        steppedBack -= milliseconds
        for workload in workloads { workload.clocksWereSetBack(by: -milliseconds) }
    }

    /// Starts the hosts that have died, as a supervisor does.
    func supervise() {
        for host in hosts where !host.isUp && !host.isBeingStarted {
            host.isBeingStarted = true
            kernel.after(troubles.number(in: 50_000...1_000_000)) {
                host.isBeingStarted = false
                host.start()
            }
        }
        kernel.after(50_000) { [self] in supervise() }
    }

    // MARK: Clients

    /// A name that nothing else has.
    func nextName(_ prefix: String) -> String {
        names += 1
        return "\(prefix)-\(names)"
    }

    func draw<Success>(_ body: (inout SeededGenerator) -> Success) -> Success { body(&random) }

    /// The time by which windows are counted, which does not go back.
    var policyTime: Int64 { max(greatestTime, wallTime) }

    /// Sends a request to the gateway, and returns its answer unless it is lost.
    func exchange(_ request: HTTP.Request) async -> HTTP.Response? {
        let isLost = draw { faults.losesClient(&$0) }
        let patience = isLost ? draw { $0.number(in: 100...20_000) } : 15_000_000
        // A checked one would complain of those who wait when a run ends.
        return unsafe await withUnsafeContinuation {
            (waiter: UnsafeContinuation<HTTP.Response?, Never>) in
            var isOver = false
            func finish(_ response: HTTP.Response?) {
                guard !isOver else { return }
                isOver = true
                if response == nil { coverage.count(.answerLost) }
                unsafe waiter.resume(returning: response)
            }
            kernel.after(patience) { finish(nil) }
            kernel.after(draw { $0.number(in: 50...500) }) { [self] in
                guard let loop = host(.gateway).loop as? GatewayLoop else {
                    return kernel.after(1000) { finish(nil) }
                }
                trace.note("client: \(request.method.text) \(request.path)", at: kernel.now)
                loop.answer(request) { [self] response in
                    if let response {
                        trace.note("answer: \(response.status) \(request.path)", at: kernel.now)
                    }
                    kernel.after(100) { finish(response) }
                }
            }
        }
    }
}
