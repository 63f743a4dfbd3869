import Contracts
import JSON

/// `purse status`: what runs, and how it is.
struct StatusCommand: Command {
    static let name = "status"
    static let summary = "Show each service: process, uptime, readiness, CPU, memory, backlog"
    static let options = [Option.state, .json]
    static let discussion = """
        CPU is the share of one core since the start. OUTBOX is the number of messages that wait for
        an acknowledgement. The exit code is 5 when nothing runs, 3 when a service is not
        ready, and 3 when the supervisor is gone, which starts again what dies.

          purse status --json
        """

    private let state: StateFolder
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
        printsJSON = arguments.has(.json)
    }

    func run(_ console: Console) throws -> ExitCode {
        let supervisor = FileLockHolder.holder(of: state.lock)
        let lines = ServiceName.allCases.map(line(of:))
        if printsJSON {
            let value: JSONValue = [
                "state": .string(state.path),
                "supervisor": supervisor.map { .integer(Int64($0)) } ?? .null,
                "services": .array(lines.map(value(of:))),
            ]
            console.print(value.description)
        } else {
            show(lines, on: console)
        }
        if lines.allSatisfy({ $0.facts == nil }) {
            console.complain("\(state.path) is not running")
            return .wrongState
        }
        guard supervisor != nil else {
            console.complain("no supervisor is there: a service that dies is not started again")
            console.note("purse up starts all five again, under a new one")
            return .unreachable
        }
        return lines.allSatisfy(\.isReady) ? .done : .unreachable
    }

    private func line(of service: ServiceName) -> Line {
        var line = Line(service: service)
        guard let announcement = Announcement(of: service, in: state),
            announcement.isAlive(as: service, in: state)
        else { return line }
        line.announcement = announcement
        line.facts = ProcessFacts(announcement.process)
        let port = OperationsPort(announcement.operations)
        line.isReady = port.isReady()
        let metrics = try? port.metrics()
        line.outbox = metrics?["purse_outbox_rows"]
        line.deadLetters = metrics?["purse_dead_letters_total"]
        return line
    }

    private func show(_ lines: [Line], on console: Console) {
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
        console.show(table)
        if let url = lines.compactMap({ $0.announcement?.url }).first {
            console.print("API " + url)
        }
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
