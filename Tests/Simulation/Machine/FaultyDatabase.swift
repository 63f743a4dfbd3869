import Contracts
import SQLiteStorage
import Storage

/// A database in memory that outlives its processes, behind a layer that fails.
///
/// A commit of production is on the disk before it returns (`synchronous=FULL`), so that what a
/// crash may lose is the transaction that was about to be committed: all of it, or nothing of it.
final class FaultyDatabase: Database {
    private let inner: SQLiteDatabase
    private unowned let host: Host
    private let watcher: Watcher
    private let answersBeforeCommit: Bool
    private let outlivesFailedCommits: Bool
    private var random: SeededGenerator

    /// Until when the disk is full, in microseconds of the run.
    var fullUntil: Int64 = 0

    init(host: Host, mutation: Mutation?, seed: UInt64) throws(StorageError) {
        self.host = host
        inner = try SQLiteDatabase(path: ":memory:")
        let own = mutation?.service == host.service ? mutation : nil
        answersBeforeCommit = own?.answersBeforeCommit ?? false
        outlivesFailedCommits = own?.outlivesFailedCommits ?? false
        watcher = Watcher(mutation: mutation, service: host.service)
        random = SeededGenerator(seed: seed, purpose: "database " + host.service.rawValue)
    }

    /// The tables that were written since they were asked for.
    func takeWrittenTables() -> Set<String> {
        defer { watcher.written = [] }
        return watcher.written
    }

    /// Reads past all faults.
    func inspect<Success>(
        _ body: (borrowing Transaction) throws(StorageError) -> Success
    ) throws(StorageError) -> Success {
        try inner.read(body)
    }

    func write<Success>(
        _ body: (borrowing Transaction) throws(StorageError) -> Success
    ) throws(StorageError) -> Success {
        try checkAlive()
        let fault = nextFault()
        let before = watcher.written
        var early: Success?
        var isCommitted = false
        do throws(StorageError) {
            let success = try inner.write { transaction throws(StorageError) in
                watcher.begin(failingAfter: fault == .statement ? Int(random.next() % 6) : nil)
                watcher.connection = transaction.connection
                defer { watcher.connection = nil }
                let success = try body(Transaction(on: watcher))
                if let failure = watcher.failure { throw failure }
                switch fault {
                case .commit where random.happens(perMillion: 500_000):
                    throw StorageError(.uncertain, message: "simulated fsync error")
                case .busy: throw StorageError(.busy, message: "simulated lock")
                case .full: throw StorageError(.full, message: "simulated full disk")
                case .crashBeforeCommit:
                    host.coverage.count(.crashBeforeCommit)
                    if answersBeforeCommit { early = success } else { host.kill() }
                    throw StorageError(.unavailable, message: "the process is dead")
                case .crashAfterCommit, .crashAmongSendings, .statement, .commit, nil: break
                }
                return success
            }
            isCommitted = true
            if fault == .commit {
                // What the disk was told before the error may be there after the restart.
                let code: StorageError.Code = outlivesFailedCommits ? .busy : .uncertain
                throw StorageError(code, message: "simulated fsync error")
            }
            if fault == .crashAfterCommit {
                host.coverage.count(.crashAfterCommit)
                host.kill()
            } else if fault == .crashAmongSendings {
                host.die(afterSendings: Int(random.next() % 4))
            }
            return success
        } catch {
            if error.code == .uncertain { host.kill() }
            if !isCommitted { watcher.written = before }
            if let early {
                host.dieAfterTurn()
                return early
            }
            if fault != nil { host.coverage.count(.transactionFailed) }
            throw error
        }
    }

    func read<Success>(
        _ body: (borrowing Transaction) throws(StorageError) -> Success
    ) throws(StorageError) -> Success {
        try checkAlive()
        return try inner.read(body)
    }

    func migrate(_ migrations: [Migration]) throws(StorageError) {
        if host.kernel.now < fullUntil, !host.faults.isOver {
            throw StorageError(.full, message: "simulated full disk")
        }
        try inner.migrate(migrations)
    }

    private func checkAlive() throws(StorageError) {
        guard host.isUp else { throw StorageError(.unavailable, message: "the process is dead") }
    }

    private func nextFault() -> FaultPlan.Transaction? {
        if host.kernel.now < fullUntil, !host.faults.isOver { return .full }
        return host.faults.transactionFault(&random)
    }
}

/// Sees each statement of a transaction: notes what it writes, changes it for a mutation, and lets
/// one fail.
final class Watcher: Connection {
    var connection: (any Connection)?
    var written: Set<String> = []
    private(set) var failure: StorageError?

    private let mutation: Mutation?
    private var statementsLeft: Int?
    private var tables: [String: String?] = [:]

    init(mutation: Mutation?, service: ServiceName) {
        self.mutation = mutation?.service == service ? mutation : nil
    }

    func begin(failingAfter count: Int?) {
        failure = nil
        statementsLeft = count
    }

    func execute(_ sql: SQL) throws(StorageError) -> Int {
        let connection = try open()
        note(sql)
        if let mutation {
            switch mutation.change(sql) {
            case .none: break
            case .skip(let count): return count
            case .replace(let other): return try connection.execute(other)
            }
        }
        return try connection.execute(sql)
    }

    func query(
        _ sql: SQL,
        _ body: (borrowing Row) throws(StorageError) -> Bool
    ) throws(StorageError) {
        let connection = try open()
        if let mutation, case .replace(let other) = mutation.change(sql) {
            return try connection.query(other, body)
        }
        try connection.query(sql, body)
    }

    private func open() throws(StorageError) -> any Connection {
        if let failure { throw failure }
        if let left = statementsLeft {
            statementsLeft = left - 1
            if left == 0 {
                let failure = StorageError(.unavailable, message: "simulated I/O error")
                self.failure = failure
                throw failure
            }
        }
        guard let connection else { preconditionFailure("a transaction is open") }
        return connection
    }

    private func note(_ sql: SQL) {
        if let known = tables[sql.head] {
            if let known { written.insert(known) }
            return
        }
        let words = sql.head.split(whereSeparator: \.isWhitespace).prefix(8)
        var table: String?
        if let verb = words.first, ["INSERT", "UPDATE", "DELETE"].contains(verb) {
            let fillers = ["INSERT", "UPDATE", "DELETE", "INTO", "FROM", "OR", "IGNORE", "REPLACE"]
            table = words.first { !fillers.contains(String($0)) }.map(String.init)
        }
        tables[sql.head] = .some(table)
        if let table { written.insert(table) }
    }
}
