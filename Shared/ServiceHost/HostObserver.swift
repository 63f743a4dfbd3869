import Contracts
import JSON
import Messaging
import Storage

/// Turns what a mailroom tells into logs and metrics.
final class HostObserver: MailroomObserver {
    private static let timeBounds: [Int64] = [
        100, 250, 500, 1000, 2500, 5000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000,
        1_000_000, 5_000_000,
    ]
    private static let sizeBounds: [Int64] = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512]

    private let log: Log
    private let metrics: Metrics

    /// What was refused to whom and is in the log: each once, so that nobody fills it.
    private var known: Set<String> = []

    init(log: Log, metrics: Metrics, counters: [String]) {
        self.log = log
        self.metrics = metrics
        declare()
        for counter in counters { metrics.add(0, to: counter) }
    }

    /// Begins at 0, so that the first event is an increase for whoever watches (deploy/alerts.yml).
    private func declare() {
        for counter in [
            "purse_dead_letters_total", "purse_deaths_at_message_total",
            "purse_messages_put_aside_total", "purse_rejected_messages_total",
            "purse_storage_failures_total",
        ] + (ServiceName.allCases.map(\.rawValue) + ["unnamed"]).map(Self.forbidden(by:)) {
            metrics.add(0, to: counter)
        }
        metrics.set("purse_bus_connections_refused", to: 0)
        metrics.set("purse_outbox_rows", to: 0)
        metrics.declare("purse_commit_seconds", bounds: Self.timeBounds)
    }

    private static func forbidden(by sender: String) -> String {
        "purse_messages_forbidden_total{sender=\"\(sender)\"}"
    }

    func committed(messages: Int, sent: Int, outboxRows: Int, microseconds: Int64) {
        metrics.set("purse_outbox_rows", to: Int64(outboxRows))
        guard messages > 0 else { return }
        metrics.add(to: "purse_commits_total")
        metrics.add(Int64(messages), to: "purse_messages_committed_total")
        metrics.add(Int64(sent), to: "purse_messages_sent_total")
        metrics.observe(microseconds, in: "purse_commit_seconds", bounds: Self.timeBounds)
        let size = Int64(messages)
        metrics.observe(size, in: "purse_messages_per_commit", bounds: Self.sizeBounds)
    }

    func handled(type: String, count: Int, duplicates: Int) {
        metrics.add(Int64(count), to: "purse_messages_handled_total{type=\"\(type)\"}")
        if duplicates > 0 { metrics.add(Int64(duplicates), to: "purse_inbox_duplicates_total") }
    }

    func took(type: String, id: MessageReference.ID, request: String?) {
        guard log.writes(.debug) else { return }
        log.write(
            .debug,
            "message_handled",
            [
                ("type", .string(type)), ("message", .string(id.rawValue)),
                ("request", request.map { .string($0) } ?? .null),
            ]
        )
    }

    func remarked(_ remark: Remark) {
        for counter in remark.counters { metrics.add(to: counter) }
        guard log.writes(.info) else { return }
        var fields: [(String, JSONValue)] = remark.fields.map { ($0.name, .string($0.value)) }
        if let request = remark.request { fields.append(("request", .string(request))) }
        log.write(.info, remark.event, fields)
    }

    func recovered() {
        log.write(.info, "storage_recovered")
    }

    func dropped(type: String, reason: String) {
        metrics.add(to: "purse_messages_dropped_total{reason=\"\(reason)\"}")
        let fields: [(String, JSONValue)] = [("type", .string(type)), ("reason", .string(reason))]
        log.write(.debug, "message_dropped", fields)
    }

    func putAside(type: String, reason: String, isForOperator: Bool) {
        let fields: [(String, JSONValue)] = [("type", .string(type)), ("reason", .string(reason))]
        metrics.add(to: "purse_dead_letters_total")
        guard isForOperator else { return log.write(.warning, "dead_letter", fields) }
        metrics.add(to: "purse_messages_put_aside_total")
        log.write(.error, "message_put_aside", fields)
    }

    func died(at names: [String], isTrap: Bool) {
        metrics.add(to: "purse_deaths_at_message_total")
        log.write(
            isTrap ? .error : .warning,
            "died_at_message",
            [
                ("cause", .string(isTrap ? "fault" : "killed")),
                ("messages", .array(names.prefix(20).map { .string($0) })),
            ]
        )
    }

    func rejected(id: MessageReference.ID, by service: ServiceName, reason: String) {
        metrics.add(to: "purse_rejected_messages_total")
        log.write(
            .error,
            "message_rejected",
            [
                ("message", .string(id.rawValue)), ("by", .string(service.rawValue)),
                ("reason", .string(reason)),
            ]
        )
    }

    func failed(_ error: StorageError) {
        metrics.add(to: "purse_storage_failures_total")
        log.write(
            .error,
            "storage_failed",
            [("code", .string(error.code.rawValue)), ("message", .string(error.message))]
        )
    }

    func forbidden(type: String, sender: String) {
        metrics.add(to: Self.forbidden(by: sender))
        guard known.insert(sender + " " + type).inserted else { return }
        log.write(
            .error,
            "message_forbidden",
            [("type", .string(type)), ("sender", .string(sender))]
        )
    }

    func resent(count: Int) {
        metrics.add(Int64(count), to: "purse_messages_resent_total")
    }
}
