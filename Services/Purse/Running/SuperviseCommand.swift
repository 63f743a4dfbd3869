import Glibc

/// `purse supervise`: what `purse up --detach` leaves in the background.
struct SuperviseCommand: Command {
    static let name = "supervise"
    static let summary = "Watch over the services in the background"
    static let options = [Option.state, address, UpCommand.operationsPort]
    static let isHidden = true

    private static let address = Option("address", "ADDRESS:PORT", "where the gateway listens")

    private let state: StateFolder
    private let httpAddress: String
    private let operationsPort: Int?

    init(_ arguments: Arguments) throws(Failure) {
        state = try StateFolder(arguments)
        httpAddress = try arguments.required(Self.address)
        operationsPort = try UpCommand.operationsPort(of: arguments)
    }

    func run(_ console: Console) throws -> ExitCode {
        do {
            let supervisor = try Supervisor(
                state,
                launch: try Launch(httpAddress: httpAddress, operationsPort: operationsPort),
                console: console
            )
            defer { supervisor.stop() }
            _ = try supervisor.start()
            report(DetachedSupervisor.ready)
            try supervisor.watch()
            return .done
        } catch let failure as Failure {
            report(([failure.message] + [failure.hint].compactMap(\.self)).joined(separator: "\n"))
            throw failure
        }
    }

    /// Tells the process that started this one how it went, once.
    private func report(_ words: String) {
        let bytes = Array((words + "\n").utf8)
        write(DetachedSupervisor.reportDescriptor, bytes, bytes.count)
        close(DetachedSupervisor.reportDescriptor)
    }
}
