import Contracts
import Ledger
import Storage

/// Checks the invariants of `Architecture.md` in the tables of the services.
///
/// After each turn it looks at what the turn has written, and in the end at everything.
final class Checker {
    private(set) var findings: [String] = []

    /// The number of checks that were made.
    private(set) var checkCount = 0

    private let coverage: Coverage
    private var ledger = LedgerCheck()
    private var payments = PaymentCheck()
    private var batches = BatchCheck()
    private var windows = WindowCheck()
    private var escrows = EscrowCheck()
    private var events = EventCheck()
    private var isChecking = true

    init(coverage: Coverage) {
        self.coverage = coverage
    }

    /// Checks what a service's turn has written.
    func check(
        _ service: ServiceName,
        _ databases: [ServiceName: FaultyDatabase],
        at time: Int64
    ) {
        guard let database = databases[service] else { return }
        let written = database.takeWrittenTables()
        guard !written.isEmpty else { return }
        do {
            try database.inspect { transaction throws(StorageError) in
                switch service {
                case .settlement:
                    if !written.isDisjoint(with: LedgerCheck.tables) {
                        checkCount += 1
                        try ledger.check(written, transaction, &findings)
                    }
                    if !written.isDisjoint(with: PaymentCheck.tables) {
                        checkCount += 1
                        try payments.check(transaction, &findings)
                    }
                    if !written.isDisjoint(with: BatchCheck.tables) {
                        checkCount += 1
                        try batches.check(transaction, &findings)
                    }
                    if !written.isDisjoint(with: EscrowCheck.accountTables) {
                        checkCount += 1
                        try escrows.checkAccounts(transaction, &findings)
                    }
                case .policy:
                    if !written.isDisjoint(with: WindowCheck.tables) {
                        checkCount += 1
                        try windows.check(written, transaction, &findings)
                    }
                case .escrow:
                    if written.contains("escrow") {
                        checkCount += 1
                        try escrows.check(transaction, &findings)
                    }
                case .notifier:
                    if written.contains("event") {
                        checkCount += 1
                        try events.check(transaction, &findings)
                    }
                case .gateway: break
                }
            }
        } catch {
            findings.append("the check of \(service.rawValue) failed: \(error)")
        }
    }

    /// Checks everything, when nothing is under way any more.
    func checkEnd(_ databases: [ServiceName: FaultyDatabase]) {
        for service in ServiceName.allCases {
            guard let database = databases[service] else { continue }
            do {
                try database.inspect { transaction throws(StorageError) in
                    checkCount += 1
                    if service != .gateway { try checkMessages(of: service, transaction) }
                    switch service {
                    case .settlement:
                        try ledger.checkEnd(transaction, &findings)
                        try payments.checkEnd(transaction, &findings)
                        try batches.checkEnd(transaction, &findings)
                        try escrows.checkAccounts(transaction, &findings)
                    case .policy:
                        try windows.checkEnd(
                            transaction,
                            payments.authorized,
                            fees: payments.fees,
                            &findings
                        )
                        try batches.readReserved(transaction)
                    case .escrow: try escrows.checkEnd(transaction, &findings)
                    case .notifier:
                        let told = payments.finals.filter { payments.told.contains($0.key) }
                        try events.checkEnd(transaction, told, &findings)
                    case .gateway: break
                    }
                }
            } catch {
                findings.append("the last check of \(service.rawValue) failed: \(error)")
            }
        }
        escrows.compare(&findings)
        batches.compare(&findings)
    }

    /// Nothing waits to be sent, and nothing was put aside.
    private func checkMessages(
        of service: ServiceName,
        _ transaction: borrowing Transaction
    ) throws(StorageError) {
        let waiting = try transaction.rows("SELECT type FROM outbox") { row in row.text(0) }
        if !waiting.isEmpty {
            findings.append("\(service.rawValue) still has to send \(waiting.prefix(5))")
        }
        let dead = try transaction.rows("SELECT type, reason FROM dead_letter") { row in
            "\(row.text(0)): \(row.text(1))"
        }
        if let first = dead.first { findings.append("\(service.rawValue) put aside \(first)") }
        let undecided = try transaction.rows(
            "SELECT type, reason FROM put_aside WHERE state = 'undecided'"
        ) { row in "\(row.text(0)): \(row.text(1))" }
        if let first = undecided.first {
            findings.append("\(service.rawValue) put aside \(first), and nobody decided")
        }
    }
}
