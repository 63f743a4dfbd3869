import Contracts
import Glibc
import JSON

/// `purse status`: what runs, and how it is.
struct StatusCommand: Command {
    static let name = "status"
    static let summary = "Show each service: process, uptime, readiness, CPU, memory, backlog"
    static let options = [Option.state, .watchList, .json]
    static let discussion = """
        CPU is the share of one core since the start. OUTBOX is the number of messages that wait for
        an acknowledgement. The exit code is 5 when nothing runs, 3 when a service is not
        ready, and 3 when the supervisor is gone, which starts again what dies. With --watch the
        table is drawn again every second, and with --json a line is printed whenever it differs.

          purse status --watch
          purse status --json
        """

    private let state: StateFolder
    private let watches: Bool
    private let printsJSON: Bool

    /// One service as it is now.
    private struct Line {
        var service: ServiceName
        var announcement: Announcement?
        var facts: ProcessFacts?
        var isReady = false
        var outbox: String?
        var deadLetters: String?
    }

    init(_ arguments: Arguments) throws(Failure) {
        state = try StateFolder(arguments)
        watches = arguments.has(.watchList)
        printsJSON = arguments.has(.json)
    }

    func run(_ console: Console) throws -> ExitCode {
        guard watches else { return showOnce(on: console) }
        var watcher = Watcher(console)
        while true {
            let supervisor = FileLockHolder.holder(of: state.lock)
            let lines = ServiceName.allCases.map(line(of:))
            watcher.show(
                printsJSON
                    ? [value(of: lines, supervisor).description]
                    : table(of: lines, on: console) + remarks(on: lines, supervisor)
            )
            watcher.pause()
        }
    }

    private func showOnce(on console: Console) -> ExitCode {
        let supervisor = FileLockHolder.holder(of: state.lock)
        let lines = ServiceName.allCases.map(line(of:))
        if printsJSON {
            console.print(value(of: lines, supervisor).description)
        } else {
            for line in table(of: lines, on: console) { console.print(line) }
        }
        for remark in remarks(on: lines, supervisor) { console.complain(remark) }
        if lines.allSatisfy({ $0.facts == nil }) { return .wrongState }
        guard supervisor != nil || state.isSplit else {
            console.note("purse up starts all five again, under a new one")
            return .unreachable
        }
        return lines.allSatisfy(\.isReady) ? .done : .unreachable
    }

    /// What is wrong, in sentences.
    private func remarks(on lines: [Line], _ supervisor: pid_t?) -> [String] {
        if lines.allSatisfy({ $0.facts == nil }) { return ["\(state.path) is not running"] }
        // Containers are started again by their engine.
        guard supervisor == nil, !state.isSplit else { return [] }
        return ["the supervisor is gone: a service that dies is not restarted"]
    }

    private func value(of lines: [Line], _ supervisor: pid_t?) -> JSONValue {
        [
            "state": .string(state.path),
            "supervisor": supervisor.map { .integer(Int64($0)) } ?? .null,
            "services": .array(lines.map(value(of:))),
        ]
    }

    private func line(of service: ServiceName) -> Line {
        var line = Line(service: service)
        guard var announcement = Announcement(of: service, in: state) else { return line }
        if state.isSplit {
            // It says where it is in its own container, which the others know by its name.
            announcement.operations.replace("127.0.0.1", with: service.rawValue)
        } else if !announcement.isAlive(as: service, in: state) {
            return line
        }
        let port = OperationsPort(announcement.operations)
        let metrics = try? port.metrics()
        line.facts =
            state.isSplit
            ? metrics.flatMap { ProcessFacts($0, since: state.announcement(of: service)) }
            : ProcessFacts(announcement.process)
        line.announcement = announcement
        line.isReady = port.isReady()
        line.outbox = metrics?["purse_outbox_rows"]
        line.deadLetters = metrics?["purse_dead_letters_total"]
        return line
    }

    private func table(of lines: [Line], on console: Console) -> [String] {
        var table = Table([
            ("SERVICE", .left), ("PID", .right), ("UPTIME", .right), ("READY", .left),
            ("CPU", .right), ("MEMORY", .right), ("OUTBOX", .right), ("OPERATIONS", .left),
        ])
        for line in lines {
            guard let announcement = line.announcement, let facts = line.facts else {
                table.add([line.service.rawValue, "-", "-", "no", "-", "-", "-", "-"])
                continue
            }
            table.add([
                line.service.rawValue, "\(announcement.process)",
                Self.duration(facts.uptimeSeconds), line.isReady ? "yes" : "no",
                Self.share(facts), "\(facts.residentBytes / 1_048_576) MiB", line.outbox ?? "-",
                announcement.operations,
            ])
        }
        let url = lines.compactMap { $0.announcement?.url }.first
        return console.lines(of: table) + (url.map { ["API " + $0] } ?? [])
    }

    private func value(of line: Line) -> JSONValue {
        guard let announcement = line.announcement, let facts = line.facts else {
            return ["service": .string(line.service.rawValue), "running": false, "ready": false]
        }
        return [
            "service": .string(line.service.rawValue),
            "running": true,
            "ready": .bool(line.isReady),
            "pid": .integer(Int64(announcement.process)),
            "uptime_seconds": .integer(facts.uptimeSeconds),
            "cpu_microseconds": .integer(facts.cpuMicroseconds),
            "resident_bytes": .integer(facts.residentBytes),
            "outbox_rows": line.outbox.flatMap { Int64($0) }.map { .integer($0) } ?? .null,
            "dead_letters": line.deadLetters.flatMap { Int64($0) }.map { .integer($0) } ?? 0,
            "ops": .string(announcement.operations),
        ]
    }

    private static func duration(_ seconds: Int64) -> String {
        switch seconds {
        case ..<120: "\(seconds) s"
        case ..<7200: "\(seconds / 60) min"
        case ..<172_800: "\(seconds / 3600) h"
        default: "\(seconds / 86_400) d"
        }
    }

    private static func share(_ facts: ProcessFacts) -> String {
        let tenths = facts.cpuMicroseconds / 1000 / max(1, facts.uptimeSeconds)
        return "\(tenths / 10).\(tenths % 10) %"
    }
}
