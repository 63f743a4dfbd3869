import Foundation
import SQLiteStorage
import Storage
import Testing

/// A database that the suite runs against; PostgreSQL becomes a second one.
enum TestDatabase: CaseIterable, CustomTestStringConvertible {
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

/// A folder that is removed with the test.
struct TemporaryFolder {
    let url: URL

    static func run(_ body: (TemporaryFolder) throws -> Void) throws {
        let url = FileManager.default.temporaryDirectory
            .appending(path: "storage-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: url) }
        try body(TemporaryFolder(url: url))
    }

    func path(_ name: String) -> String {
        url.appending(path: name).path()
    }
}
