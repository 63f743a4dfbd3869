import Contracts
import Messaging
import Storage

/// A state machine with something between it and the world: a trap that it dies in, and a mutation
/// that changes what comes in and what goes out.
struct Seam<Machine: StateMachine>: StateMachine {
    typealias Input = Machine.Input

    static var service: ServiceName { Machine.service }
    static var migrations: [Migration] { Machine.migrations }
    static var inputs: InputTable<Machine.Input> { Machine.inputs }
    static var pulse: Machine.Input { Machine.pulse }

    let machine: Machine
    let host: Host
    let trap: Trap
    let mutation: Mutation?

    func handle(
        _ message: Received<Machine.Input>,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [Outgoing] {
        if let name = host.journal.command(of: Trap.types),
            trap.springs(at: message.body, named: name)
        {
            host.kill(byTrap: true)
            throw StorageError(.unavailable, message: "the process is dead")
        }
        var message = message
        if let changed = mutation?.input?(message.body) as? Machine.Input {
            message.body = changed
        }
        let outgoing = try machine.handle(message, in: transaction)
        return mutation?.outgoing?(outgoing) ?? outgoing
    }
}

/// A command of which a service dies, as of an input that nobody thought of: each time that it is
/// at hand, until it is put aside or somebody has mended the service.
final class Trap {
    /// What a service dies of: commands that move or promise money, and that have the same effect
    /// when an operator tries them again later.
    static let types: Set<String> = [
        "escrow.record-ends.v1", "escrow.record-group-moves.v1", "escrow.record-locks.v1",
        "notifier.record-events.v1", "policy.authorize-batch.v1", "policy.authorize-locks.v1",
        "policy.authorize-releases.v1", "policy.release-authorizations.v1",
        "policy.release-batch.v1", "settlement.end-escrows.v1", "settlement.execute-batch.v1",
        "settlement.execute-payments.v1", "settlement.move-groups.v1",
    ]

    /// What the service dies of: not chosen yet, or mended.
    private enum State {
        case mended
        case set
        case chosen(String)
    }

    private var state = State.mended

    /// How often the service has died of each message, and of which an operator decides.
    private var deaths: [String: Int] = [:]
    private var hasPutAside = false
    private let coverage: Coverage
    private let onFinding: (String) -> Void

    init(coverage: Coverage, onFinding: @escaping (String) -> Void) {
        self.coverage = coverage
        self.onFinding = onFinding
    }

    var isMended: Bool {
        if case .mended = state { true } else { false }
    }

    /// The next message is one of which the service dies.
    func set() {
        guard isMended else { return }
        deaths = [:]
        hasPutAside = false
        state = .set
    }

    /// The service dies of nothing any more.
    func mend() { state = .mended }

    /// A message was put aside: who tries it again too early lets the service die of it again.
    func putAside() { hasPutAside = true }

    /// Whether the service dies of a command now; of one and the same it dies twice at most.
    func springs<Input>(at body: Input, named name: String) -> Bool {
        switch state {
        case .mended: return false
        case .set: state = .chosen(String(describing: body))
        case .chosen(let words): guard words == String(describing: body) else { return false }
        }
        deaths[name, default: 0] += 1
        let count = deaths[name] ?? 0
        if count == 2 { coverage.count(.trapped) }
        if count > 3, !hasPutAside { onFinding("a service has died \(count) times of \(name)") }
        return true
    }
}
