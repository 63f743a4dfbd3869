import Contracts
import QueryPlans
import SQLiteStorage
import Storage
import Testing

@Suite struct `Reads with a bound in rows and in bytes` {
    private func page(
        of sizes: [Int],
        limit: Int,
        bytes: Int
    ) throws -> (elements: [Int], hasMore: Bool) {
        let database = try SQLiteDatabase(path: ":memory:")
        try database.migrate([Note.migration])
        return try database.write { transaction throws(StorageError) in
            for (number, size) in sizes.enumerated() {
                let body = String(number) + String(repeating: "é", count: size / 2)
                try Note.insert(body, transaction)
            }
            return try transaction.page(
                "SELECT body FROM note ORDER BY body LIMIT \(limit + 1)",
                limit: limit,
                bytes: bytes
            ) { row in row.byteCount }
        }
    }

    @Test(arguments: [
        ([10, 10, 10], 3, 100, 3, false), ([10, 10, 10], 2, 100, 2, true),
        ([10, 10, 10], 3, 22, 2, true), ([10, 10, 10], 3, 21, 1, true),
        ([50, 10], 3, 20, 1, true), ([50], 3, 20, 1, false), ([], 3, 20, 0, false),
    ])
    func `a page ends at its rows or its bytes, and has one row at least`(
        sizes: [Int],
        limit: Int,
        bytes: Int,
        count: Int,
        hasMore: Bool
    ) throws {
        let page = try page(of: sizes, limit: limit, bytes: bytes)
        #expect(page.elements.count == count)
        #expect(page.hasMore == hasMore)
        #expect(page.elements.allSatisfy { $0 == 11 || $0 == 51 })
    }

    @Test(arguments: [
        ("SELECT body FROM note WHERE body = 'a'", true),
        ("SELECT body FROM note WHERE body > '' ORDER BY body LIMIT 5", true),
        ("UPDATE note SET body = 'c' WHERE body = 'a'", true),
        ("SELECT body FROM note WHERE id >= 1 ORDER BY id LIMIT 5", false),
        ("SELECT body FROM note WHERE id >= 1 ORDER BY id", true),
        ("SELECT body FROM note WHERE id = 1", false),
        ("UPDATE note SET body = 'c' WHERE id >= 1", true),
        ("UPDATE note SET body = 'c' WHERE id = 1", false),
    ])
    func `the watch finds what has no bound`(statement: String, isFound: Bool) throws {
        let database = WatchedDatabase(try SQLiteDatabase(path: ":memory:")) { _ in }
        try database.migrate([
            Migration("001", ["CREATE TABLE note (id INTEGER PRIMARY KEY, body TEXT) STRICT"])
        ])
        try database.write { transaction throws(StorageError) in
            for body in ["a", "b"] {
                try transaction.execute("INSERT INTO note (body) VALUES (\(body))")
            }
            let sql = SQL(stringLiteral: statement)
            if statement.hasPrefix("SELECT") {
                _ = try transaction.rows(sql) { row in row.text(0) }
            } else {
                try transaction.execute(sql)
            }
        }
        #expect(try database.findings().isEmpty != isFound)
    }
}
