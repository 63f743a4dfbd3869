import Contracts
import JSON
import Messaging
import Storage

/// Turns what a mailroom tells into logs and metrics.
final class HostObserver: MailroomObserver {
    private let log: Log
    private let metrics: Metrics

    init(log: Log, metrics: Metrics) {
        self.log = log
        self.metrics = metrics
    }

    func committed(messages: Int, sent: Int, outboxRows: Int) {
        if messages > 0 { metrics.add(to: "purse_commits_total") }
        metrics.add(Int64(messages), to: "purse_messages_committed_total")
        metrics.add(Int64(sent), to: "purse_messages_sent_total")
        metrics.set("purse_outbox_rows", to: Int64(outboxRows))
    }

    func handled(type: String) {
        metrics.add(to: "purse_messages_handled_total{type=\"\(type)\"}")
    }

    func putAside(type: String, reason: String) {
        metrics.add(to: "purse_dead_letters_total")
        log.write(.warning, "dead_letter", [("type", .string(type)), ("reason", .string(reason))])
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

    func resent(count: Int) {
        metrics.add(Int64(count), to: "purse_messages_resent_total")
    }
}
