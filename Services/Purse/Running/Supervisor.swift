import Contracts
import Glibc
import HTTP
import ServiceHost

/// Runs the five services of one state folder: starts them, starts again what dies, stops them.
///
/// It belongs to the main thread, on which all its signals are blocked and waited for.
final class Supervisor {
    /// How long all five may take to be ready.
    static let startMilliseconds: Int64 = 20_000

    /// How long a service may take to end before it is killed.
    static let stopMilliseconds: Int64 = 10_000

    private let state: StateFolder
    private let launch: Launch
    private let voice: SupervisorVoice
    private let signals = SignalWaiter([SIGINT, SIGTERM, SIGHUP, SIGCHLD])
    private var units: [Unit]
    private var helper: pid_t?
    private var rotatedAt: Int64 = 0

    /// Takes the state's lock.
    ///
    /// - Throws: `.wrongState` when another supervisor has it.
    init(_ state: StateFolder, launch: Launch, voice: SupervisorVoice) throws {
        self.state = state
        self.launch = launch
        self.voice = voice
        units = ServiceName.allCases.map { Unit($0) }
        try FileLockHolder.take(state.lock)
    }

    /// Starts the five and returns when all are ready, with the access file written.
    func start() throws -> Access {
        try Leftovers.stop(in: state, voice: voice)
        for service in ServiceName.allCases { unlink(state.announcement(of: service)) }
        let deadline = Clock.milliseconds() + Self.startMilliseconds
        for index in units.indices { try startUnit(index) }
        while let waiting = units.first(where: { !$0.isReady }) {
            guard Clock.milliseconds() < deadline else {
                throw startFailure(of: waiting, "is not ready after 20 s")
            }
            if signals.wait(milliseconds: 10) == .stop {
                throw Failure(.failed, "stopped before all were ready")
            }
            for (index, code) in reap() {
                throw startFailure(of: units[index], "ended at its start (\(code))")
            }
            for index in units.indices { updateReadiness(index) }
        }
        let access = try writeAccess()
        try awaitAnswer(access, until: deadline)
        return access
    }

    /// Waits until the gateway has connected to the others, so that the first call is answered.
    private func awaitAnswer(_ access: Access, until deadline: Int64) throws(Failure) {
        guard !access.adminKey.isEmpty else { return }
        let client = APIClient(url: access.url, key: access.adminKey)
        while Clock.milliseconds() < deadline {
            let paths = ["/v1/policies?limit=1", "/v1/wallets?limit=1", "/v1/events?limit=1"]
            let answers = try paths.map { path throws(Failure) in try client.send(.get, path) }
            if answers.allSatisfy({ $0.status < 500 }) { return }
            if signals.wait(milliseconds: 5) == .stop { return }
        }
    }

    /// Watches the five until a signal asks to stop.
    func watch() throws {
        while signals.wait(milliseconds: 200) != .stop {
            let now = Clock.milliseconds()
            for (index, code) in reap() { noteDeath(index, code: code, now: now) }
            for index in units.indices where units[index].process == nil {
                if now >= units[index].startsAt { try startUnit(index) }
            }
            for index in units.indices where !units[index].isReady {
                updateReadiness(index)
                if units[index].isReady {
                    _ = try writeAccess()
                    voice.say("service_ready", "\(units[index].service.program) is ready again")
                }
            }
            rotateLogs(now: now)
        }
    }

    /// Stops the five: the gateway first, so that what it has begun can be finished.
    func stop() {
        if let helper { kill(helper, SIGTERM) }
        let deadline = Clock.milliseconds() + Self.stopMilliseconds
        terminate { $0 == .gateway }
        awaitEnd(until: deadline - Self.stopMilliseconds / 2) { $0 == .gateway }
        terminate { _ in true }
        awaitEnd(until: deadline) { _ in true }
        for unit in units {
            guard let process = unit.process else { continue }
            voice.say("service_killed", "\(unit.service.program) does not end: killed", .warning)
            kill(process, SIGKILL)
            waitpid(process, nil, 0)
        }
        for service in ServiceName.allCases { unlink(state.announcement(of: service)) }
    }

    /// Starts a program beside the five, whose end is only noted when it is a bad one.
    func startHelper(_ description: ChildProcess.Description) throws {
        helper = try ChildProcess.start(description)
    }

    // MARK: Units

    private func startUnit(_ index: Int) throws {
        let service = units[index].service
        unlink(state.announcement(of: service))
        units[index].logStart = Int64(LogFile(path: state.logFile(of: service.rawValue)).size)
        units[index].process = try ChildProcess.start(
            launch.description(of: service, state: state, unit: units[index])
        )
        units[index].startedAt = Clock.milliseconds()
    }

    private func updateReadiness(_ index: Int) {
        let service = units[index].service
        guard !units[index].isReady, let process = units[index].process,
            let announcement = Announcement(of: service, in: state),
            announcement.process == process,
            service != .gateway || announcement.url != nil,
            OperationsPort(announcement.operations).isReady()
        else { return }
        units[index].isReady = true
        units[index].announcement = announcement
    }

    private func noteDeath(_ index: Int, code: String, now: Int64) {
        let pause = units[index].backOff(now: now)
        let program = units[index].service.program
        let sentence = "\(program) died (\(code)); starting it again in \(pause) ms"
        voice.say("service_died", sentence, .warning)
    }

    /// Collects the children that have ended.
    private func reap() -> [(index: Int, code: String)] {
        var ended: [(Int, String)] = []
        var status: Int32 = 0
        while case let process = waitpid(-1, &status, WNOHANG), process > 0 {
            let code = Self.describe(status)
            if process == helper {
                helper = nil
                if status != 0 {
                    let sentence = "purse demo did not go as expected (\(code))"
                    voice.say("demo_failed", sentence, .warning)
                }
            } else if let index = units.firstIndex(where: { $0.process == process }) {
                units[index].process = nil
                units[index].isReady = false
                ended.append((index, code))
            }
        }
        return ended
    }

    private func terminate(_ belongs: (ServiceName) -> Bool) {
        for unit in units where belongs(unit.service) {
            if let process = unit.process { kill(process, SIGTERM) }
        }
    }

    private func awaitEnd(until deadline: Int64, _ belongs: (ServiceName) -> Bool) {
        while units.contains(where: { belongs($0.service) && $0.process != nil }) {
            guard Clock.milliseconds() < deadline else { return }
            _ = signals.wait(milliseconds: 50)
            _ = reap()
        }
    }

    // MARK: Files

    private func writeAccess() throws -> Access {
        var access = Access(readingFrom: state) ?? Access(state: state)
        for unit in units {
            access.operations[unit.service] = unit.announcement?.operations
            if let url = unit.announcement?.url { access.url = url }
        }
        access.takeBootstrap(of: state)
        try access.write(to: state)
        return access
    }

    private func rotateLogs(now: Int64) {
        guard now - rotatedAt > 5000 else { return }
        rotatedAt = now
        for name in units.map({ $0.service.rawValue }) + ["supervisor"] {
            LogFile(path: state.logFile(of: name)).rotate()
        }
    }

    private func startFailure(of unit: Unit, _ words: String) -> Failure {
        let log = LogFile(path: state.logFile(of: unit.service.rawValue))
        let tail = log.tail(lines: 3, after: off_t(unit.logStart))
        return Failure(
            .failed,
            "\(unit.service.program) \(words)",
            hint: tail.isEmpty ? nil : "its last words:\n" + tail.joined(separator: "\n")
        )
    }

    private static func describe(_ status: Int32) -> String {
        status & 0x7F == 0 ? "exit code \(status >> 8 & 0xFF)" : "signal \(status & 0x7F)"
    }
}
