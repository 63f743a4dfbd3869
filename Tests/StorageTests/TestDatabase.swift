import SQLiteStorage
import Storage
import Testing

/// A database that the suite runs against; PostgreSQL becomes a second one.
enum TestDatabase: CaseIterable, Sendable, CustomTestStringConvertible {
    case sqliteInMemory
    case sqliteFile

    static var all: [TestDatabase] { allCases }

    var testDescription: String {
        switch self {
        case .sqliteInMemory: "SQLite in memory"
        case .sqliteFile: "SQLite in a file"
        }
    }

    /// Runs a closure with a fresh database, and removes it.
    func run(_ body: (any Database) throws -> Void) throws {
        switch self {
        case .sqliteInMemory:
            try body(try SQLiteDatabase(path: ":memory:"))
        case .sqliteFile:
            try TemporaryFolder.run { folder in
                try body(try SQLiteDatabase(path: folder.path("test.sqlite")))
            }
        }
    }
}
