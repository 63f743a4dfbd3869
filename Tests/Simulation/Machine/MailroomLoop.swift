import Contracts
import Messaging
import Storage

/// A service in the loop of production, over simulated surroundings.
final class MailroomLoop<Machine: StateMachine>: HostedLoop {
    private let mailroom: Mailroom<Machine>
    private let ports: [any MortalPort]
    private let afterTurn: () -> Void

    init(
        _ machine: Machine,
        host: Host,
        database: FaultyDatabase,
        network: Network,
        observer: any MailroomObserver,
        gatheringMilliseconds: Int = 0,
        ports: [any MortalPort] = [],
        afterTurn: @escaping () -> Void
    ) throws {
        var limits = MailroomLimits()
        limits.gatheringMilliseconds = gatheringMilliseconds
        self.ports = ports
        self.afterTurn = afterTurn
        mailroom = try Mailroom(
            machine,
            database: database,
            transport: HostTransport(host: host, network: network),
            environment: host.clock,
            observer: observer,
            limits: limits,
            ports: ports,
            journal: LifeJournal(host)
        )
    }

    var patience: Int64 { Int64(mailroom.patienceMilliseconds()) * 1000 }

    func turn() throws {
        try mailroom.turn(waitingMilliseconds: 0)
        afterTurn()
    }

    func die() {
        for port in ports { port.die() }
    }
}

/// A port that ends with its process: its results reach nobody then.
protocol MortalPort: Port {
    func die()
}
