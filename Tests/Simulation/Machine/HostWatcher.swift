import Contracts
import Messaging
import Storage

/// What a mailroom tells its host, counted.
final class HostWatcher: MailroomObserver {
    private unowned let host: Host
    private let coverage: Coverage
    private let onDeadLetter: (String) -> Void
    private let onForbidden: (_ type: String, _ sender: String) -> Void
    private let onPutAside: () -> Void
    private let firstLife: Int

    init(
        host: Host,
        coverage: Coverage,
        onDeadLetter: @escaping (String) -> Void,
        onForbidden: @escaping (_ type: String, _ sender: String) -> Void,
        onPutAside: @escaping () -> Void
    ) {
        self.host = host
        self.coverage = coverage
        self.onDeadLetter = onDeadLetter
        self.onForbidden = onForbidden
        self.onPutAside = onPutAside
        firstLife = host.life
    }

    func committed(messages: Int, sent: Int, outboxRows: Int, microseconds: Int64) {}

    func handled(type: String, count: Int, duplicates: Int) {
        guard duplicates > 0 else { return }
        coverage.count(.duplicateHandled, duplicates)
        if firstLife > 1 { coverage.count(.duplicateAfterRestart, duplicates) }
    }

    func putAside(type: String, reason: String, isForOperator: Bool) {
        if isForOperator, reason.hasPrefix("the service has died at it") {
            coverage.count(.putAside)
            return onPutAside()
        }
        onDeadLetter("\(host.name) put \(type) aside: \(reason)")
    }

    func died(at names: [String], isTrap: Bool) {}

    func rejected(id: MessageReference.ID, by service: ServiceName, reason: String) {}

    func failed(_ error: StorageError) {}

    func recovered() { coverage.count(.databaseRecovered) }

    func dropped(type: String, reason: String) {}

    func forbidden(type: String, sender: String) {
        onForbidden(type, sender)
    }

    func resent(count: Int) { coverage.count(.messageResent, count) }
}
