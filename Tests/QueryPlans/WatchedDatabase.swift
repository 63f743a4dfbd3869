package import SQLiteStorage
package import Storage
import Synchronization

/// A database that keeps each statement which a service runs, and says at its end what is without
/// a bound about the way in which SQLite runs them.
///
/// A money thread is everybody's: what one organisation's request costs there must not grow with
/// another's rows (issue 11, points 4 and 16). So no statement reads a table from end to end, sorts
/// what it has read, or hands over or changes as many rows as there may be, unless it is named in
/// ``Exception`` with the reason.
package final class WatchedDatabase: Database {
    private let inner: SQLiteDatabase
    private let report: (String) -> Void
    private let recorder = Recorder()

    /// Creates a database around another one; `report` is given each finding at the end.
    package init(_ inner: SQLiteDatabase, report: @escaping (String) -> Void) {
        self.inner = inner
        self.report = report
    }

    deinit {
        do throws(StorageError) {
            for finding in try findings() { report(finding) }
        } catch {
            report("the plans cannot be read: \(error)")
        }
    }

    package func write<Success>(
        _ body: (borrowing Transaction) throws(StorageError) -> Success
    ) throws(StorageError) -> Success {
        try inner.write { transaction throws(StorageError) in
            try recorder.watch(transaction, body)
        }
    }

    package func read<Success>(
        _ body: (borrowing Transaction) throws(StorageError) -> Success
    ) throws(StorageError) -> Success {
        try inner.read { transaction throws(StorageError) in
            try recorder.watch(transaction, body)
        }
    }

    package func migrate(_ migrations: [Migration]) throws(StorageError) {
        try inner.migrate(migrations)
    }

    /// The rows that all statements together have handed over: what a rule about the cost of a
    /// message is tested by.
    package var rowsHandedOver: Int { recorder.rowsHandedOver }

    /// What is without a bound in the statements that were run.
    package func findings() throws(StorageError) -> [String] {
        var findings: [String] = []
        for (written, statement) in recorder.statements.sorted(by: { $0.key < $1.key }) {
            let problems = try problems(of: statement)
            if problems.isEmpty { continue }
            let text = written.split(whereSeparator: \.isWhitespace).joined(separator: " ")
            guard !Exception.all.contains(where: { $0.names(text) })
            else { continue }
            findings.append("\(problems.joined(separator: "; ")) in: \(text)")
        }
        return findings
    }

    private func problems(of statement: Recorder.Statement) throws(StorageError) -> [String] {
        let text = statement.sql.text
        var problems: [String]
        if let known = Self.plans.withLock({ $0[text] }) {
            problems = known
        } else {
            problems = try unboundedSteps(of: statement.sql)
            let found = problems
            Self.plans.withLock { $0[text] = found }
        }
        if statement.handedOverMost > 1, !text.contains("LIMIT ") {
            problems.append("\(statement.handedOverMost) rows without LIMIT")
        }
        if statement.changedMost > 1 { problems.append("\(statement.changedMost) rows changed") }
        return problems
    }

    /// The plans that were looked at: a text has one plan, whatever the rows.
    private static let plans = Mutex<[String: [String]]>([:])

    private func unboundedSteps(of statement: SQL) throws(StorageError) -> [String] {
        let text = statement.text
        // What an insertion would scan are children whose parent it might be: they are looked at
        // only while a violation is outstanding, and none ever is.
        let isInsertion = text.hasPrefix("INSERT") && !text.contains("SELECT")
        let isQuestion = ["SELECT", "UPDATE", "DELETE", "INSERT", "WITH"].contains { keyword in
            text.hasPrefix(keyword)
        }
        guard isQuestion, !isInsertion else { return [] }
        var question = statement
        question.head = "EXPLAIN QUERY PLAN " + question.head
        // It is not run; but the plan of a change is no read to SQLite.
        let steps = try inner.write { transaction throws(StorageError) in
            try transaction.rows(question) { row in row.text(3) }
        }
        let isHead = text.contains("LIMIT ") && !text.contains("WHERE")
        return steps.filter { step in
            if step.hasPrefix("USE TEMP B-TREE") { return true }
            // A subquery's steps stand for themselves; the first rows of an index are so many.
            guard step.hasPrefix("SCAN "), !step.hasPrefix("SCAN ("), !step.contains("CONSTANT ROW")
            else { return false }
            return !(isHead && step.contains(" USING "))
        }
    }
}

/// Keeps the statements of transactions, and hands them on.
private final class Recorder: Connection {
    struct Statement {
        var sql: SQL

        /// The most rows that one run has handed over.
        var handedOverMost = 0

        /// The most rows that one run has changed.
        var changedMost = 0
    }

    private var connection: (any Connection)?
    private(set) var statements: [String: Statement] = [:]
    private(set) var rowsHandedOver = 0

    func watch<Success>(
        _ transaction: borrowing Transaction,
        _ body: (borrowing Transaction) throws(StorageError) -> Success
    ) throws(StorageError) -> Success {
        connection = transaction.connection
        defer { connection = nil }
        return try body(Transaction(on: self))
    }

    func execute(_ sql: SQL) throws(StorageError) -> Int {
        let count = try open().execute(sql)
        note(sql) { statement in
            // What is inserted is what came.
            if !statement.sql.head.hasPrefix("INSERT") {
                statement.changedMost = max(statement.changedMost, count)
            }
        }
        return count
    }

    func query(
        _ sql: SQL,
        _ body: (borrowing Row) throws(StorageError) -> Bool
    ) throws(StorageError) {
        var count = 0
        try open().query(sql) { row throws(StorageError) in
            count += 1
            return try body(row)
        }
        rowsHandedOver += count
        note(sql) { $0.handedOverMost = max($0.handedOverMost, count) }
    }

    private func open() -> any Connection {
        guard let connection else { preconditionFailure("a transaction ends with its closure") }
        return connection
    }

    private func note(_ sql: SQL, _ change: (inout Statement) -> Void) {
        let text = sql.text
        if statements[text] != nil {
            change(&statements[text, default: Statement(sql: sql)])
            return
        }
        var plain = sql
        for index in plain.parts.indices { plain.parts[index].value = .null }
        change(&statements[text, default: Statement(sql: plain)])
    }
}
