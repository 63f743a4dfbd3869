import Contracts
import Messaging
import Storage

/// What a host runs in one life: a mailroom or a gateway.
protocol HostedLoop: AnyObject {
    /// Handles what has arrived.
    func turn() throws

    /// The microseconds until it must have a turn though nothing arrives.
    var patience: Int64 { get }

    /// What is done when the process dies: others notice that their connections are gone.
    func die()
}

/// A machine that runs one service, dies at any moment, and is started again.
final class Host {
    let service: ServiceName
    let name: String
    let clock: HostClock
    let kernel: Kernel
    let coverage: Coverage
    let faults: FaultPlan

    /// The number of the present life; 0 before the first.
    private(set) var life = 0
    private(set) var isUp = false
    private(set) var loop: (any HostedLoop)?

    /// Whether it is stopped, as by SIGSTOP: connections stay, nothing is done.
    var isStopped = false

    /// Whether its supervisor has seen that it died.
    var isBeingStarted = false

    /// What its lives have at hand.
    let journal = SimulatedJournal()

    private var arrivals: [Arrival] = []
    private var nextTurn: Int64?
    private var sendingsLeft: Int?
    private var isDying = false
    private var random: SeededGenerator
    private let make: (Host) throws -> any HostedLoop
    private let onFailure: (any Error) -> Void

    init(
        service: ServiceName,
        clock: HostClock,
        kernel: Kernel,
        coverage: Coverage,
        faults: FaultPlan,
        seed: UInt64,
        onFailure: @escaping (any Error) -> Void,
        make: @escaping (Host) throws -> any HostedLoop
    ) {
        self.service = service
        name = service.rawValue + "-1"
        self.clock = clock
        self.kernel = kernel
        self.coverage = coverage
        self.faults = faults
        self.onFailure = onFailure
        self.make = make
        random = SeededGenerator(seed: seed, purpose: "host " + service.rawValue)
    }

    /// Starts the process; a start that the database refuses is repeated by whoever supervises.
    func start() {
        guard !isUp else { return }
        life += 1
        isUp = true
        isStopped = false
        clock.restart()
        do {
            loop = try make(self)
        } catch {
            kill()
            if faults.isOver { return onFailure(error) }
            coverage.count(.startFailed)
            let life = life
            kernel.after(500_000) { [self] in if self.life == life { start() } }
            return
        }
        wake(after: 0)
    }

    /// Ends the process at once, by its own fault or from outside: what is in memory is gone.
    func kill(byTrap isTrap: Bool = false) {
        guard isUp else { return }
        journal.die(isTrap: isTrap)
        isUp = false
        arrivals = []
        nextTurn = nil
        sendingsLeft = nil
        loop?.die()
        loop = nil
    }

    /// Lets the process die after it has sent so many messages of its present turn.
    func die(afterSendings count: Int) {
        sendingsLeft = count
    }

    /// Lets the process die at the end of its present turn.
    func dieAfterTurn() {
        isDying = true
    }

    func beforeSending() {
        guard let left = sendingsLeft else { return }
        if left > 0 {
            sendingsLeft = left - 1
        } else if isUp {
            coverage.count(.crashAmongSendings)
            kill()
        }
    }

    func arrive(_ arrival: Arrival) {
        arrivals.append(arrival)
        wake(after: faults.slowness(&random))
    }

    func takeArrivals(limit: Int) -> [Arrival] {
        let taken = Array(arrivals.prefix(limit))
        arrivals.removeFirst(taken.count)
        return taken
    }

    /// Makes sure that there is a turn within some microseconds.
    func wake(after microseconds: Int64) {
        guard isUp else { return }
        let at = kernel.now + microseconds
        if let nextTurn, nextTurn <= at { return }
        nextTurn = at
        let life = life
        kernel.after(microseconds) { [self] in
            guard isUp, self.life == life, nextTurn == at else { return }
            nextTurn = nil
            if isStopped { return wake(after: 100_000) }
            turn()
        }
    }

    private func turn() {
        do {
            try loop?.turn()
        } catch {
            if isUp { onFailure(error) }
        }
        sendingsLeft = nil
        if isDying {
            isDying = false
            kill()
        }
        guard isUp, let loop else { return }
        if !arrivals.isEmpty { return wake(after: 0) }
        wake(after: max(loop.patience, 50))
    }
}
