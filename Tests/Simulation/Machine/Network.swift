import Contracts
import Messaging

/// Moves bytes between hosts, and loses, repeats, delays and reorders them.
///
/// Like the transport of production it refuses what is for a host that is away.
final class Network {
    private let kernel: Kernel
    private let faults: FaultPlan
    private let coverage: Coverage
    private let trace: Trace
    private let mutation: Mutation?
    private var random: SeededGenerator
    private var hosts: [String: Host] = [:]
    private var addresses: [ServiceName: Host] = [:]
    private var partitions: Set<[String]> = []

    /// The number of messages that arrived.
    private(set) var deliveredCount = 0

    /// The number of messages on their way.
    private(set) var underWay = 0

    init(
        kernel: Kernel,
        faults: FaultPlan,
        coverage: Coverage,
        trace: Trace,
        mutation: Mutation?,
        seed: UInt64
    ) {
        self.kernel = kernel
        self.faults = faults
        self.coverage = coverage
        self.trace = trace
        self.mutation = mutation
        random = SeededGenerator(seed: seed, purpose: "network")
    }

    func add(_ host: Host) {
        hosts[host.name] = host
        addresses[host.service] = host
    }

    /// Cuts the connection of two hosts, or joins it again.
    func setPartition(_ isCut: Bool, between first: String, and second: String) {
        let pair = [first, second].sorted()
        if isCut { partitions.insert(pair) } else { partitions.remove(pair) }
    }

    /// Joins all connections.
    func heal() {
        partitions = []
    }

    func send(_ bytes: [UInt8], from host: Host, to service: ServiceName) -> Bool {
        guard let receiver = addresses[service] else { return false }
        return send(bytes, from: host, to: receiver, as: source(host.service, named: host.name))
    }

    /// Sends what a process says that somebody has taken over: it has the key of its service, and
    /// gives itself any name.
    func forge(
        _ bytes: [UInt8],
        from service: ServiceName,
        named instance: String,
        to receiver: ServiceName
    ) {
        guard let host = addresses[service], let receiver = addresses[receiver] else { return }
        _ = send(bytes, from: host, to: receiver, as: source(service, named: instance))
    }

    /// Who a message is from: as with keys of its own for each service.
    private func source(_ service: ServiceName, named instance: String) -> Arrival.Source {
        .mailbox(instance: instance, from: .service(service))
    }

    func reply(_ bytes: [UInt8], from host: Host, to instance: String) -> Bool {
        guard let receiver = hosts[instance] else { return false }
        return send(bytes, from: host, to: receiver, as: .service(host.service))
    }

    private func send(
        _ bytes: [UInt8],
        from sender: Host,
        to receiver: Host,
        as source: Arrival.Source
    ) -> Bool {
        guard receiver.isUp, !isCut(sender, receiver) else {
            coverage.count(.refusedByAbsence)
            return false
        }
        trace.sent(bytes, from: sender.name, to: receiver.name, at: kernel.now)
        if faults.drops(&random) {
            coverage.count(.messageLost)
            return true
        }
        carry(bytes, from: sender, to: receiver, as: source, delay: faults.delay(&random))
        if faults.duplicates(&random) {
            coverage.count(.messageRepeated)
            carry(bytes, from: sender, to: receiver, as: source, delay: faults.delay(&random))
        }
        return true
    }

    private func carry(
        _ bytes: [UInt8],
        from sender: Host,
        to receiver: Host,
        as source: Arrival.Source,
        delay: Int64
    ) {
        let life = receiver.life
        underWay += 1
        kernel.after(delay) { [self] in
            underWay -= 1
            // What was in the queue of a connection that was lost is lost.
            guard receiver.isUp, receiver.life == life, !isCut(sender, receiver) else {
                coverage.count(.messageLostWithReceiver)
                return
            }
            deliveredCount += 1
            let arrival = Arrival(source: source, bytes: bytes)
            let change = mutation?.service == receiver.service ? mutation?.arrival : nil
            receiver.arrive(change?(arrival) ?? arrival)
        }
    }

    private func isCut(_ first: Host, _ second: Host) -> Bool {
        !partitions.isEmpty && partitions.contains([first.name, second.name].sorted())
    }
}

/// A host's end of the network.
final class HostTransport: Transport {
    private unowned let host: Host
    private let network: Network
    private let life: Int

    init(host: Host, network: Network) {
        self.host = host
        self.network = network
        life = host.life
    }

    var instance: String { host.name }

    /// A host that died in the middle of a turn sends nothing more, and cannot tell.
    private var isDead: Bool { !host.isUp || host.life != life }

    func receive(limit: Int, waitingMilliseconds: Int) -> [Arrival] {
        isDead ? [] : host.takeArrivals(limit: limit)
    }

    func send(_ bytes: [UInt8], to service: ServiceName) -> Bool {
        host.beforeSending()
        return isDead || network.send(bytes, from: host, to: service)
    }

    func reply(_ bytes: [UInt8], to instance: String) -> Bool {
        host.beforeSending()
        return isDead || network.reply(bytes, from: host, to: instance)
    }
}
