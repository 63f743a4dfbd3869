public import Contracts
import Glibc
public import JSON
public import Messaging
import SQLiteStorage
import Storage
import ZeroMQTransport

/// The shell of a service: settings, database, sockets, loop and end.
public enum ServiceHost {
    /// The exit code of a process whose settings are wrong (sysexits' `EX_CONFIG`).
    public static let configurationExitCode: Int32 = 78

    /// Runs a service until SIGTERM or SIGINT, and ends the process.
    ///
    /// - Parameters:
    ///   - gatheringMilliseconds: How long commands wait for more to share their commit.
    ///   - ports: Makes what carries out the machine's effects on the outside world.
    ///   - machine: Makes the state machine of the checked settings.
    public static func run<Machine: StateMachine>(
        gatheringMilliseconds: Int = 0,
        ports: (Settings) throws -> [any Port] = { _ in [] },
        _ machine: (Settings) throws -> Machine
    ) -> Never {
        Termination.observe()
        let settings = settings(of: Machine.service)
        let log = Log(service: Machine.service, least: settings.logLevel)
        do {
            try serve(
                machine,
                settings: settings,
                log: log,
                ports: try ports(settings),
                gatheringMilliseconds: gatheringMilliseconds
            )
        } catch {
            log.write(.error, "stopped", [("message", .string(describe(error)))])
            exit((error as? StorageError)?.code == .incompatible ? configurationExitCode : 1)
        }
        log.write(.info, "ended")
        exit(0)
    }

    /// Reads the settings of a process, or says all that is wrong with them and ends it.
    public static func settings(of service: ServiceName) -> Settings {
        do throws(Settings.Problems) {
            return try Settings(of: service)
        } catch {
            let log = Log(service: service)
            for sentence in error.sentences {
                log.write(.error, "setting", [("message", .string(sentence))])
            }
            exit(configurationExitCode)
        }
    }

    /// Describes a failure in words for an operator.
    public static func describe(_ error: any Error) -> String {
        switch error {
        case let error as StorageError: error.message
        case let error as TransportError: error.message
        case let error as Files.Failure: error.message
        default: "\(error)"
        }
    }

    /// Writes where a process can be found, for those who watch it.
    public static func announce(
        _ service: ServiceName,
        settings: Settings,
        operations: OperationsServer,
        fields: [(String, JSONValue)] = []
    ) throws {
        try Files.makeFolder("\(settings.state)/run")
        var announcement: JSONObject = [
            "pid": .integer(Int64(getpid())),
            "ops": .string(operations.url),
        ]
        for (key, value) in fields { announcement[key] = value }
        try Files.write(
            JSONValue.object(announcement).bytes(),
            to: "\(settings.state)/run/\(service.rawValue).json"
        )
    }

    /// Writes the first line of a process that is ready: which build, and which instance.
    public static func noteStart(_ settings: Settings, _ log: Log) {
        log.write(
            .info,
            "started",
            [
                ("instance", .string(settings.instance)), ("version", .string(Version.number)),
                ("commit", .string(Version.commit)),
            ]
        )
    }

    private static func serve<Machine: StateMachine>(
        _ machine: (Settings) throws -> Machine,
        settings: Settings,
        log: Log,
        ports: [any Port],
        gatheringMilliseconds: Int
    ) throws {
        try Files.makeFolder(settings.data)
        try Files.makeFolder("\(settings.state)/bus")
        let metrics = Metrics()
        let environment = SystemEnvironment(testClock: settings.testClock)
        let keys = try settings.keysFolder.map {
            try CurveKeys(folder: $0, service: Machine.service)
        }
        var peers = settings.endpoints
        peers[Machine.service] = nil
        var limits = MailroomLimits()
        limits.outboxRows = settings.outboxLimit
        limits.gatheringMilliseconds = gatheringMilliseconds
        let path = settings.databasePath(of: Machine.service)
        let database = EndingDatabase(try SQLiteDatabase(path: path), log: log)
        let surveys =
            Machine.inputs.hasSurveys ? SurveyThread(try machine(settings), path: path) : nil
        defer { surveys?.stop() }
        let transport = try ZeroMQTransport(
            instance: settings.instance,
            mailbox: settings.endpoints[Machine.service],
            peers: peers,
            keys: keys,
            watching: [Termination.fileDescriptor] + ports.map(\.fileDescriptor)
                + (surveys.map { [$0.fileDescriptor] } ?? [])
        )
        let mailroom = try Mailroom(
            try machine(settings),
            database: database,
            transport: transport,
            environment: environment,
            observer: HostObserver(log: log, metrics: metrics, counters: Machine.counters),
            limits: limits,
            ports: ports,
            journal: try SystemAtHandJournal(path: path + "-at-hand"),
            surveys: surveys
        )
        let operations = try OperationsServer(
            address: settings.operationsAddress,
            metrics: metrics
        )
        operations.tick(isReady: true)
        try announce(Machine.service, settings: settings, operations: operations)
        noteStart(settings, log)
        var refused = 0
        while !Termination.isRequested {
            try mailroom.turn(waitingMilliseconds: 1000)
            if transport.refusedConnections > refused {
                if refused == 0 { log.write(.warning, "connection_refused") }
                refused = transport.refusedConnections
                metrics.set("purse_bus_connections_refused", to: Int64(refused))
            }
            operations.tick(isReady: mailroom.isHealthy)
        }
        mailroom.close()
    }
}
