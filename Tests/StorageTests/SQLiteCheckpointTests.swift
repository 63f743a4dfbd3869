import Foundation
import SQLiteStorage
import Storage
import Testing

@Suite struct `A write-ahead log` {
    private static let options = SQLiteOptions(checkpointPages: 50, logLimitPages: 200)

    /// The limit, the pages of one transaction that goes over it, and the headers of the frames.
    private static let mostBytes = (200 + 30) * (4096 + 24)

    @Test func `stays below its limit while it is written`() throws {
        try TemporaryFolder.run { folder in
            let path = folder.path("test.sqlite")
            let database = try SQLiteDatabase(path: path, options: Self.options)
            try database.migrate([Note.migration])
            for round in 0..<300 {
                try Self.write(round, in: database)
                let size = try Self.logSize(of: path)
                #expect(size <= Self.mostBytes, "round \(round)")
            }
            let count = try Note.all(in: database).count
            #expect(count == 3000)
        }
    }

    @Test func `grows while a reader holds a snapshot and shrinks when it leaves`() throws {
        try TemporaryFolder.run { folder in
            let path = folder.path("test.sqlite")
            let database = try SQLiteDatabase(path: path, options: Self.options)
            try database.migrate([Note.migration])
            try Self.write(0, in: database)
            let reader = try SQLiteDatabase.openReadOnly(path: path)
            let counts = try reader.read { transaction throws(StorageError) in
                let before = try Self.count(transaction)
                do {
                    for round in 1...30 { try Self.write(round, in: database) }
                } catch {
                    throw StorageError(.unavailable, message: "\(error)")
                }
                return [before, try Self.count(transaction)]
            }
            #expect(counts == [10, 10])
            #expect(try Self.logSize(of: path) > Self.mostBytes)
            for round in 31...130 { try Self.write(round, in: database) }
            #expect(try Self.logSize(of: path) <= Self.mostBytes)
            #expect(try reader.read(Self.count) == 1310)
        }
    }

    @Test func `is empty and gone when the database is closed`() throws {
        try TemporaryFolder.run { folder in
            let path = folder.path("test.sqlite")
            let database = try SQLiteDatabase(path: path)
            try database.migrate([Note.migration])
            try Self.write(0, in: database)
            database.close()
            #expect(!FileManager.default.fileExists(atPath: path + "-wal"))
        }
    }

    private static func write(_ round: Int, in database: SQLiteDatabase) throws(StorageError) {
        try database.write { transaction throws(StorageError) in
            for number in 0..<10 {
                let padding = String(repeating: "x", count: 1000)
                try Note.insert("\(number) \(round) \(padding)", transaction)
            }
        }
    }

    private static func count(_ transaction: borrowing Transaction) throws(StorageError) -> Int64 {
        try transaction.first("SELECT COUNT(*) FROM note") { $0.integer(0) } ?? 0
    }

    private static func logSize(of path: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: path + "-wal")
        return attributes[.size] as? Int ?? 0
    }
}
