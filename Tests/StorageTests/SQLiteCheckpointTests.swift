import Foundation
import SQLiteStorage
import Storage
import Testing

@Suite struct `A write-ahead log` {
    private static let options = SQLiteOptions(checkpointPages: 50, logLimitPages: 200)

    private static let rounds = 300
    private static let frameBytes = 4096 + 24

    @Test func `is over its limit by one transaction at most`() throws {
        try TemporaryFolder.run { folder in
            let path = folder.path("test.sqlite")
            let database = try SQLiteDatabase(path: path, options: Self.options)
            try database.migrate([Note.migration])
            let mostBytes = try Self.mostBytes()
            for round in 0..<Self.rounds {
                try Self.write(round, in: database)
                let size = try Self.logSize(of: path)
                #expect(size <= mostBytes, "round \(round)")
            }
            let count = try Note.all(in: database).count
            #expect(count == Self.rounds * 10)
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
            let mostBytes = try Self.mostBytes()
            #expect(try Self.logSize(of: path) > mostBytes)
            for round in 31...130 { try Self.write(round, in: database) }
            #expect(try Self.logSize(of: path) <= mostBytes)
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

    /// The limit and the largest transaction of the test, which a log without checkpoints measures.
    private static func mostBytes() throws -> Int {
        var largest = 0
        try TemporaryFolder.run { folder in
            let path = folder.path("measure.sqlite")
            let options = SQLiteOptions(checkpointPages: 1_000_000, logLimitPages: 1_000_000)
            let database = try SQLiteDatabase(path: path, options: options)
            try database.migrate([Note.migration])
            var size = try logSize(of: path)
            for round in 0..<rounds {
                try write(round, in: database)
                let next = try logSize(of: path)
                largest = max(largest, next - size)
                size = next
            }
        }
        return options.logLimitPages * frameBytes + largest
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
