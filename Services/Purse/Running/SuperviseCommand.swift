import Glibc
import ServiceHost

/// `purse supervise`: what `purse up --detach` leaves in the background.
struct SuperviseCommand: Command {
    static let name = "supervise"
    static let summary = "Watch over the services in the background"
    static let options = [Option.state, address, UpCommand.operationsPort]
    static let isHidden = true

    private static let address = Option("address", "ADDRESS:PORT", "where the gateway listens")

    private let state: StateFolder
    private let httpAddress: String
    private let operations: OperationsAddress

    init(_ arguments: Arguments) throws(Failure) {
        state = try StateFolder(arguments)
        httpAddress = try arguments.required(Self.address)
        operations = try OperationsAddress(port: UpCommand.operationsPort(of: arguments))
    }

    func run(_ console: Console) throws -> ExitCode {
        let voice = SupervisorVoice.log
        do {
            let supervisor = try Supervisor(
                state,
                launch: try Launch(httpAddress: httpAddress, operations: operations),
                voice: voice
            )
            defer { supervisor.stop() }
            _ = try supervisor.start()
            report(DetachedSupervisor.ready)
            voice.say("ready", "all five are ready")
            try supervisor.watch()
            voice.say("stopping", "stopping")
            return .done
        } catch let failure as Failure {
            let words = ([failure.message] + [failure.hint].compactMap(\.self))
                .joined(separator: "\n")
            report(words)
            voice.say("failed", words, .error)
            return failure.code
        }
    }

    /// Tells the process that started this one how it went, once.
    private func report(_ words: String) {
        let bytes = Array((words + "\n").utf8)
        write(DetachedSupervisor.reportDescriptor, bytes, bytes.count)
        close(DetachedSupervisor.reportDescriptor)
    }
}
