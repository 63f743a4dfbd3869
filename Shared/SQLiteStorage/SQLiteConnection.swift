import CSQLite
import Storage

/// One connection to a SQLite file, used by one thread at a time.
final class SQLiteConnection: Connection {
    let handle: OpaquePointer
    let path: String

    private var cache: StatementCache

    /// The failure after which the open transaction can only be rolled back.
    private var failure: StorageError?

    /// SQLite's result for the last step that failed.
    private var failedResult = SQLITE_OK

    /// Whether SQLite keeps no statistics of its memory, which cost a lock for each allocation.
    private static let hasNoStatistics = csqlite_disable_memory_statistics() == SQLITE_OK

    /// Whether the open transaction may only read.
    private var refusesWrites = false

    init(
        path: String,
        flags: Int32,
        busyTimeoutMilliseconds: Int,
        statementLimit: Int
    ) throws(StorageError) {
        _ = SQLiteConnection.hasNoStatistics
        var handle: OpaquePointer?
        let result = sqlite3_open_v2(
            path,
            &handle,
            flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
            nil
        )
        guard result == SQLITE_OK, let handle else {
            let failure = StorageError(result: result, on: handle, path: path)
            sqlite3_close_v2(handle)
            throw failure
        }
        sqlite3_busy_timeout(handle, Int32(clamping: busyTimeoutMilliseconds))
        self.handle = handle
        self.path = path
        cache = StatementCache(limit: statementLimit)
    }

    deinit {
        cache.removeAll()
        sqlite3_close_v2(handle)
    }

    // MARK: Connection

    func execute(_ sql: SQL) throws(StorageError) -> Int {
        let statement = try begin(sql)
        defer { statement.end() }
        let before = sqlite3_total_changes64(handle)
        while try step(statement) {}
        // The count of changes stays that of an earlier statement when this one changes no rows.
        guard sqlite3_total_changes64(handle) != before else { return 0 }
        return Int(sqlite3_changes64(handle))
    }

    func query(
        _ sql: SQL,
        _ body: (borrowing Row) throws(StorageError) -> Bool
    ) throws(StorageError) {
        let statement = try begin(sql)
        defer { statement.end() }
        let row = Row(on: statement)
        while try step(statement) {
            guard try body(row) else { return }
        }
    }

    // MARK: Transactions

    /// Stops the process when a transaction is open.
    func checkNoTransaction() {
        precondition(sqlite3_get_autocommit(handle) != 0, "a transaction is not in a transaction")
    }

    /// Runs a closure in a transaction that begins with one statement and ends with another.
    ///
    /// - Precondition: No transaction is open.
    func transact<Success>(
        begin: SQL,
        end: SQL,
        refusesWrites: Bool,
        _ body: (borrowing Transaction) throws(StorageError) -> Success
    ) throws(StorageError) -> Success {
        failure = nil
        try run(begin)
        self.refusesWrites = refusesWrites
        do throws(StorageError) {
            let success = try body(Transaction(on: self))
            if let failure { throw failure }
            self.refusesWrites = false
            if refusesWrites { try run(end) } else { try commit(end) }
            return success
        } catch {
            self.refusesWrites = false
            failure = nil
            // A grave failure, such as a full disk, has rolled back already.
            if sqlite3_get_autocommit(handle) == 0 {
                do throws(StorageError) {
                    try run("ROLLBACK")
                } catch let second {
                    throw error.code == .uncertain ? error : second
                }
            }
            throw error
        }
    }

    private func commit(_ end: SQL) throws(StorageError) {
        do throws(StorageError) {
            try run(end)
        } catch {
            throw StorageError(ofCommit: error, result: failedResult)
        }
    }

    /// Runs a statement that is not part of a transaction's work.
    func run(_ sql: SQL) throws(StorageError) {
        _ = try execute(sql)
    }

    /// Runs a statement again that may have failed before: nothing of a transaction depends on it.
    func retry(_ sql: SQL) throws(StorageError) {
        failure = nil
        try run(sql)
    }

    /// Returns the first column of a query's first row as a text.
    func text(_ sql: SQL) throws(StorageError) -> String? {
        var text: String?
        try query(sql) { row throws(StorageError) in
            text = row.optionalText(0)
            return false
        }
        return text
    }

    /// Returns the first column of a query's first row as an integer.
    func integer(_ sql: SQL) throws(StorageError) -> Int64? {
        var integer: Int64?
        try query(sql) { row throws(StorageError) in
            integer = row.optionalInteger(0)
            return false
        }
        return integer
    }

    // MARK: Statements

    /// Finds or prepares a statement, binds its values and takes it into use.
    private func begin(_ sql: SQL) throws(StorageError) -> Statement {
        if let failure { throw failure }
        let statement = try statement(for: sql)
        if refusesWrites, !statement.isReadOnly {
            throw fail(StorageError(.readOnly, message: "\(path): a read cannot write"))
        }
        let result = statement.begin(sql.parts)
        guard result == SQLITE_OK else {
            let failure = failure(result, in: statement.sql.text)
            statement.end()
            throw fail(failure)
        }
        return statement
    }

    /// Steps to the next row, and returns whether there is one.
    private func step(_ statement: Statement) throws(StorageError) -> Bool {
        let result = statement.step()
        switch result {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        default:
            failedResult = result
            throw fail(failure(result, in: statement.sql.text))
        }
    }

    private func statement(for sql: SQL) throws(StorageError) -> Statement {
        let hash = sql.textHash
        if let statement = cache.statement(for: sql, hash: hash) { return statement }
        let statement = try prepare(sql)
        cache.insert(statement, hash: hash)
        return statement
    }

    private func prepare(_ sql: SQL) throws(StorageError) -> Statement {
        let text = sql.text
        var statement: OpaquePointer?
        var hasMore = false
        let result = text.withCString { start in
            var tail: UnsafePointer<CChar>?
            let flags = UInt32(SQLITE_PREPARE_PERSISTENT)
            let result = sqlite3_prepare_v3(handle, start, -1, flags, &statement, &tail)
            hasMore = tail.map { !String(cString: $0).allSatisfy(\.isWhitespace) } ?? false
            return result
        }
        guard result == SQLITE_OK else { throw fail(failure(result, in: text)) }
        guard let statement else {
            throw fail(StorageError(.statement, message: "\(path): an empty statement"))
        }
        guard !hasMore else {
            sqlite3_finalize(statement)
            let message = "\(path): more than one statement in: \(text.prefix(200))"
            throw fail(StorageError(.statement, message: message))
        }
        return Statement(handle: statement, sql: sql)
    }

    // MARK: Failures

    private func failure(_ result: Int32, in text: String) -> StorageError {
        StorageError(result: result, on: handle, path: path, statement: text)
    }

    /// Remembers a failure for the rest of an open transaction.
    private func fail(_ failure: StorageError) -> StorageError {
        self.failure = failure
        return failure
    }
}
