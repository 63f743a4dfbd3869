import Foundation
import SQLiteStorage
import Storage
import Testing

@Suite struct `A SQLite file` {
    @Test func `keeps what was committed when it is opened again`() throws {
        try TemporaryFolder.run { folder in
            let path = folder.path("test.sqlite")
            for body in ["a", "b", "c"] {
                let database = try SQLiteDatabase(path: path)
                try database.migrate([Note.migration])
                try database.write { transaction throws(StorageError) in
                    try Note.insert(body, transaction)
                }
                database.close()
                database.close()
            }
            #expect(try Note.all(in: SQLiteDatabase(path: path)) == ["a", "b", "c"])
        }
    }

    @Test func `keeps every commit and nothing else when its process is killed`() async throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let path = folder.path("test.sqlite")
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
            let database = try SQLiteDatabase(
                path: path,
                options: SQLiteOptions(checkpointPages: 20)
            )
            try database.migrate([Note.migration])
            for number in 0..<200 {
                try database.write { transaction throws(StorageError) in
                    try Note.insert("committed \(number)", transaction)
                }
            }
            try database.write { transaction throws(StorageError) in
                try Note.insert("open", transaction)
                kill(getpid(), SIGKILL)
            }
        }
        let database = try SQLiteDatabase(path: path)
        let notes = try Note.all(in: database)
        #expect(notes.count == 200)
        #expect(!notes.contains("open"))
    }

    @Test func `that is full refuses the write and keeps the rest`() throws {
        try TemporaryFolder.run { folder in
            let database = try SQLiteDatabase(path: folder.path("test.sqlite"))
            try database.migrate([Note.migration])
            try database.write { transaction throws(StorageError) in
                try Note.insert("before", transaction)
                try transaction.execute("PRAGMA max_page_count = 20")
            }
            let failure = #expect(throws: StorageError.self) {
                try database.write { transaction throws(StorageError) in
                    for number in 0..<100 {
                        let padding = String(repeating: "x", count: 2000)
                        try Note.insert("\(number) \(padding)", transaction)
                    }
                }
            }
            #expect(failure?.code == .full)
            #expect(failure?.message.contains("make room") == true)
            #expect(failure?.message.contains("xxx") == false)
            _ = try database.write { transaction throws(StorageError) in
                try transaction.execute("PRAGMA max_page_count = 100000")
            }
            try database.write { transaction throws(StorageError) in
                try Note.insert("after", transaction)
            }
            #expect(try Note.all(in: database) == ["after", "before"])
        }
    }

    @Test func `whose disk is full refuses the write and keeps the rest`() async throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let path = folder.path("test.sqlite")
        await #expect(processExitsWith: .success) { [path = path as String] in
            let database = try SQLiteDatabase(path: path)
            try database.migrate([Note.migration])
            try database.write { transaction throws(StorageError) in
                try Note.insert("before", transaction)
            }
            signal(SIGXFSZ, SIG_IGN)
            var limit = rlimit(rlim_cur: 100_000, rlim_max: rlim_t.max)
            unsafe setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
            var code: StorageError.Code?
            do throws(StorageError) {
                for number in 0..<100 {
                    try database.write { transaction throws(StorageError) in
                        let padding = String(repeating: "x", count: 2000)
                        try Note.insert("\(number) \(padding)", transaction)
                    }
                }
            } catch {
                code = error.code
            }
            limit.rlim_cur = rlim_t.max
            unsafe setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
            try database.write { transaction throws(StorageError) in
                try Note.insert("after", transaction)
            }
            precondition(code == .full, "the disk is full")
        }
        let notes = try Note.all(in: SQLiteDatabase(path: path))
        #expect(notes.filter { $0.utf8.count < 10 } == ["after", "before"])
    }

    @Test func `is read consistently while it is written`() async throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let path = folder.path("test.sqlite")
        let database = try SQLiteDatabase(path: path, options: SQLiteOptions(checkpointPages: 10))
        try database.migrate([
            Migration("pair", ["CREATE TABLE pair (a BIGINT NOT NULL, b BIGINT NOT NULL)"])
        ])
        _ = try database.write { transaction throws(StorageError) in
            try transaction.execute("INSERT INTO pair (a, b) VALUES (0, 0)")
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<3 {
                group.addTask {
                    let reader = try SQLiteDatabase.openReadOnly(path: path)
                    for _ in 0..<200 {
                        let sums = try reader.read { transaction throws(StorageError) in
                            let a = try transaction.first("SELECT SUM(a) FROM pair") {
                                $0.integer(0)
                            }
                            let b = try transaction.first("SELECT SUM(b) FROM pair") {
                                $0.integer(0)
                            }
                            return [a, b]
                        }
                        #expect(sums[0] == sums[1])
                    }
                }
            }
            for number in 1...200 {
                try database.write { transaction throws(StorageError) in
                    try transaction.execute("UPDATE pair SET a = a + \(number)")
                    try transaction.execute("UPDATE pair SET b = b + \(number)")
                }
            }
            try await group.waitForAll()
        }
    }
}
