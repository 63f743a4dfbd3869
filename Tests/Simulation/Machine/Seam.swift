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
        if message.returnAddress == nil, trap.springs(at: message.body) {
            host.kill()
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
/// at hand, until somebody has mended the service.
final class Trap {
    /// How often the service has died of it.
    private(set) var deaths = 0

    /// What the service dies of: not chosen yet, or mended.
    private enum State {
        case mended
        case set
        case chosen(String)
    }

    private var state = State.mended
    private let coverage: Coverage

    init(coverage: Coverage) {
        self.coverage = coverage
    }

    /// The next message is one of which the service dies.
    func set() {
        guard case .mended = state else { return }
        deaths = 0
        state = .set
    }

    /// The service dies of nothing any more.
    func mend() { state = .mended }

    func springs<Input>(at body: Input) -> Bool {
        switch state {
        case .mended: return false
        case .set:
            let words = String(describing: body)
            guard words != "pulse" else { return false }
            state = .chosen(words)
        case .chosen(let words): guard words == String(describing: body) else { return false }
        }
        deaths += 1
        if deaths == 2 { coverage.count(.trapped) }
        return true
    }
}
