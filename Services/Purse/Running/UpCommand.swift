import Contracts
import Glibc
import ServiceHost

/// `purse up`: starts an installation, and stays with it or leaves it to a supervisor.
struct UpCommand: Command {
    static let name = "up"
    static let summary = "Start the five services on this machine"
    static let options = [detach, .state, port, operationsPort, noDemo, .json]
    static let discussion = """
        Makes the state folder with its master key (never where databases are already) and, at the
        first start, an organisation with its keys; then starts the five services and starts again
        what dies. A state folder that exists is continued. The keys are shown at the first start
        only; DIR/access.json keeps them. The demo, which deposits invented money, runs in a state
        that this command has made, and in no other, unless purse demo --yes asks for it. Ctrl-C or
        SIGTERM stops all five cleanly.

        With --detach it returns once all five are ready, and purse down stops them. With --json the
        last line on standard output is the line that DIR/access.json keeps; everything else goes to
        standard error.

          purse up
          purse up --detach --json --port 0 --state /tmp/trial --no-demo
        """

    private static let detach = Option("detach", nil, "return once all are ready")
    private static let port = Option(
        "port",
        "N",
        "the gateway's port on 127.0.0.1; 0 is a free one (default 8080)"
    )
    static let operationsPort = Option(
        "ops-port",
        "N",
        "the first of the five operations ports: gateway N, policy N+1, settlement N+2, escrow N+3,"
            + " notifier N+4 (default: from PURSE_OPS_ADDRESS on, or free ones)"
    )
    private static let noDemo = Option("no-demo", nil, "do not run the demo in a new state")

    private let state: StateFolder
    private let httpAddress: String
    private let operationsPort: Int?
    private let operations: OperationsAddress
    private let isFirst: Bool
    private let detaches: Bool
    private let demonstrates: Bool
    private let printsJSON: Bool

    init(_ arguments: Arguments) throws(Failure) {
        state = try StateFolder(arguments)
        let port = try arguments.integer(Self.port, in: 0...65_535)
        httpAddress =
            port.map { "127.0.0.1:\($0)" } ?? Environment.text("PURSE_HTTP_ADDRESS")
            ?? "127.0.0.1:8080"
        operationsPort = try Self.operationsPort(of: arguments)
        operations = try OperationsAddress(port: operationsPort)
        isFirst = !state.hasData
        detaches = arguments.has(Self.detach)
        demonstrates = !arguments.has(Self.noDemo) && !state.hasData
        printsJSON = arguments.has(.json)
    }

    /// The first operations port that a command line names.
    static func operationsPort(of arguments: Arguments) throws(Failure) -> Int? {
        try arguments.integer(operationsPort, in: 1...65_531)
    }

    func run(_ console: Console) throws -> ExitCode {
        try demandSettings()
        try state.create()
        try state.demandMasterKey()
        if demonstrates { try Files.write([], to: state.demoMark) }
        if !state.masterKey.exists {
            try state.masterKey.make()
            console.note(
                """
                purse: made the master key, sealed with \(state.masterKey.unlockPath)
                purse: `purse init --state \(state.path)` shows its 24 words, once: write them down
                """
            )
        }
        if let holder = FileLockHolder.holder(of: state.lock) {
            return alreadyRuns(holder, console)
        }
        return try detaches ? runDetached(console) : runAttached(console)
    }

    /// Refuses settings that no service would start with, before anything is made.
    private func demandSettings() throws(Failure) {
        var environment = Settings.processEnvironment()
        environment["PURSE_STATE"] = state.path
        environment["PURSE_HTTP_ADDRESS"] = httpAddress
        guard environment.removeValue(forKey: "PURSE_INSTANCE") == nil else {
            throw Failure(
                .usage,
                "PURSE_INSTANCE names one process, and purse up starts five",
                hint: "unset it; each service has a name of its own"
            )
        }
        var problems: Set<String> = []
        for service in ServiceName.allCases {
            do {
                _ = try Settings(of: service, environment: environment)
            } catch {
                problems.formUnion(error.sentences)
            }
        }
        guard let first = problems.sorted().first else { return }
        let others = problems.sorted().dropFirst()
        throw Failure(
            .usage,
            first,
            hint: others.isEmpty ? nil : others.map { "  " + $0 }.joined(separator: "\n")
        )
    }

    private func alreadyRuns(_ holder: pid_t, _ console: Console) -> ExitCode {
        console.complain("\(state.path) is already running (supervisor \(holder))")
        if let access = Access(readingFrom: state) {
            Introduction(access: access, showsKeys: false).show(on: console, asJSON: printsJSON)
        }
        return .wrongState
    }

    private func runAttached(_ console: Console) throws -> ExitCode {
        let startedAt = Clock.milliseconds()
        let supervisor = try Supervisor(
            state,
            launch: try Launch(httpAddress: httpAddress, operations: operations),
            voice: SupervisorVoice(console)
        )
        defer { supervisor.stop() }
        let access = try supervisor.start()
        console.note("purse: all five are ready after \(Clock.milliseconds() - startedAt) ms")
        Introduction(access: access, showsKeys: isFirst).show(on: console, asJSON: printsJSON)
        if demonstrates { try supervisor.startHelper(demo) }
        if !printsJSON { console.note("purse: Ctrl-C stops it") }
        try supervisor.watch()
        console.note("purse: stopping")
        return .done
    }

    private func runDetached(_ console: Console) throws -> ExitCode {
        let startedAt = Clock.milliseconds()
        try DetachedSupervisor(
            state: state,
            httpAddress: httpAddress,
            operationsPort: operationsPort
        ).start()
        guard let access = Access(readingFrom: state) else {
            throw Failure(.failed, "\(state.access) cannot be read")
        }
        console.note("purse: all five are ready after \(Clock.milliseconds() - startedAt) ms")
        var code = ExitCode.done
        if demonstrates {
            let process = try ChildProcess.start(demo)
            var status: Int32 = 0
            waitpid(process, &status, 0)
            if status != 0 {
                console.complain("the demo did not go as expected; the services keep running")
                code = .failed
            }
        }
        Introduction(access: access, showsKeys: isFirst).show(on: console, asJSON: printsJSON)
        return code
    }

    private var demo: ChildProcess.Description {
        var environment = Settings.processEnvironment()
        environment["PURSE_URL"] = nil
        environment["PURSE_KEY"] = nil
        return ChildProcess.Description(
            program: Launch.thisProgram,
            arguments: ["demo", "--state", state.path],
            environment: environment,
            output: .descriptor(printsJSON ? STDERR_FILENO : STDOUT_FILENO),
            error: .descriptor(STDERR_FILENO)
        )
    }
}
