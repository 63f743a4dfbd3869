import Foundation
import SQLiteStorage
import Storage
import Testing

@Suite struct `Opening a SQLite file` {
    @Test func `twice for writing is refused and says why`() throws {
        try TemporaryFolder.run { folder in
            let path = folder.path("test.sqlite")
            let first = try SQLiteDatabase(path: path)
            let failure = #expect(throws: StorageError.self) {
                try SQLiteDatabase(path: path)
            }
            #expect(failure?.code == .busy)
            #expect(failure?.message.contains("another process has this database open") == true)
            first.close()
            try SQLiteDatabase(path: path).close()
        }
    }

    @Test func `twice for writing without the lock waits and is busy`() throws {
        try TemporaryFolder.run { folder in
            let path = folder.path("test.sqlite")
            let options = SQLiteOptions(busyTimeoutMilliseconds: 20, isExclusive: false)
            let first = try SQLiteDatabase(path: path, options: options)
            let second = try SQLiteDatabase(path: path, options: options)
            try first.migrate([Note.migration])
            try first.write { transaction throws(StorageError) in
                try Note.insert("first", transaction)
                let failure = #expect(throws: StorageError.self) {
                    try second.write { transaction throws(StorageError) in
                        try Note.insert("second", transaction)
                    }
                }
                #expect(failure?.code == .busy)
            }
            try second.write { transaction throws(StorageError) in
                try Note.insert("second", transaction)
            }
            #expect(try Note.all(in: first) == ["first", "second"])
        }
    }

    @Test func `for reading sees what a running service has committed`() throws {
        try TemporaryFolder.run { folder in
            let path = folder.path("test.sqlite")
            let service = try SQLiteDatabase(path: path)
            try service.migrate([Note.migration])
            try service.write { transaction throws(StorageError) in
                try Note.insert("committed", transaction)
            }
            let tool = try SQLiteDatabase.openReadOnly(path: path)
            #expect(try Note.all(in: tool) == ["committed"])
            let failure = #expect(throws: StorageError.self) {
                try tool.write { transaction throws(StorageError) in
                    try Note.insert("tool", transaction)
                }
            }
            #expect(failure?.code == .readOnly)
            service.close()
            #expect(try Note.all(in: tool) == ["committed"])
            tool.close()
            #expect(try Note.all(in: SQLiteDatabase.openReadOnly(path: path)) == ["committed"])
        }
    }

    @Test func `for reading needs a file`() throws {
        try TemporaryFolder.run { folder in
            let path = folder.path("missing.sqlite")
            let failure = #expect(throws: StorageError.self) {
                try SQLiteDatabase.openReadOnly(path: path)
            }
            #expect(failure?.code == .unavailable)
            #expect(failure?.message.contains(path) == true)
            #expect(!FileManager.default.fileExists(atPath: path))
        }
    }

    @Test func `refuses what is not a database`() throws {
        try TemporaryFolder.run { folder in
            let path = folder.path("test.sqlite")
            try Data("This is a letter, and not a database at all.".utf8)
                .write(to: URL(filePath: path))
            let failure = #expect(throws: StorageError.self) {
                try SQLiteDatabase(path: path)
            }
            #expect(failure?.code == .corrupt)
            #expect(failure?.message.contains("restore") == true)
        }
    }

    @Test func `refuses the database of another program`() throws {
        try TemporaryFolder.run { folder in
            let path = folder.path("test.sqlite")
            let database = try SQLiteDatabase(path: path)
            try database.migrate([Note.migration])
            _ = try database.write { transaction throws(StorageError) in
                try transaction.execute("PRAGMA application_id = 12345")
            }
            database.close()
            for open in [
                { try SQLiteDatabase(path: path) },
                { try SQLiteDatabase.openReadOnly(path: path) },
            ] {
                let failure = #expect(throws: StorageError.self) { try open() }
                #expect(failure?.code == .incompatible)
            }
        }
    }

    @Test func `finds a damaged page`() throws {
        try TemporaryFolder.run { folder in
            let path = folder.path("test.sqlite")
            let database = try SQLiteDatabase(path: path)
            try database.migrate([Note.migration])
            try database.write { transaction throws(StorageError) in
                for number in 0..<2000 { try Note.insert("note \(number)", transaction) }
            }
            database.close()
            let file = try FileHandle(forUpdating: URL(filePath: path))
            try file.seek(toOffset: 4096 * 5)
            try file.write(contentsOf: Data(repeating: 0x5a, count: 4096 * 3))
            try file.close()
            let failure = #expect(throws: StorageError.self) {
                try SQLiteDatabase(path: path)
            }
            #expect(failure?.code == .corrupt)
            try SQLiteDatabase(path: path, options: SQLiteOptions(checksIntegrity: false)).close()
        }
    }

    @Test func `in a folder that is not there says so`() throws {
        try TemporaryFolder.run { folder in
            let path = folder.path("missing/test.sqlite")
            let failure = #expect(throws: StorageError.self) {
                try SQLiteDatabase(path: path)
            }
            #expect(failure?.code == .unavailable)
            #expect(failure?.message.contains(path) == true)
        }
    }

    @Test(.enabled(if: Self.hasReadOnlySystemFolder))
    func `in a folder that cannot be written says so`() throws {
        let failure = #expect(throws: StorageError.self) {
            try SQLiteDatabase(path: Self.readOnlyFolder + "/test.sqlite")
        }
        #expect(failure?.code == .readOnly)
        #expect(failure?.message.contains("user write") == true)
    }

    @Test func `makes it readable by its owner alone`() throws {
        try TemporaryFolder.run { folder in
            let path = folder.path("test.sqlite")
            let database = try SQLiteDatabase(path: path)
            try database.migrate([Note.migration])
            for name in [path, path + "-wal", path + "-shm", path + ".lock"] {
                let attributes = try FileManager.default.attributesOfItem(atPath: name)
                #expect(attributes[.posixPermissions] as? Int == 0o600)
            }
        }
    }

    /// A folder that even the superuser cannot write: the kernel's view of its own modules.
    private static let readOnlyFolder = "/sys/kernel"

    private static var hasReadOnlySystemFolder: Bool {
        FileManager.default.fileExists(atPath: readOnlyFolder)
    }
}
