import Foundation
import SQLiteStorage
import Storage
import Synchronization
import Testing

@Suite struct `A cut of several databases` {
    private static func opened(
        _ folder: TemporaryFolder,
        _ names: [String]
    ) throws
        -> [SQLiteDatabase]
    {
        try names.map { name in
            let database = try SQLiteDatabase(path: folder.path(name))
            try database.migrate([Note.migration])
            return database
        }
    }

    private static func notes(_ path: String) throws -> [String] {
        let copy = try SQLiteDatabase.openReadOnly(path: path)
        defer { copy.close() }
        return try Note.all(in: copy)
    }

    @Test func `has nothing that was written after it, and nobody waits while it is copied`() throws
    {
        try TemporaryFolder.run { folder in
            let names = ["first.sqlite", "second.sqlite"]
            let services = try Self.opened(folder, names)
            for (service, text) in zip(services, ["one", "two"]) {
                try service.write { transaction throws(StorageError) in
                    try Note.insert(text, transaction)
                }
            }
            let cut = try DatabaseCut(of: names.map(folder.path))
            for service in services {
                try service.write { transaction throws(StorageError) in
                    try Note.insert("later", transaction)
                }
            }
            for name in names { try cut.copy(folder.path(name), to: folder.path("copy-" + name)) }
            #expect(try Self.notes(folder.path("copy-first.sqlite")) == ["one"])
            #expect(try Self.notes(folder.path("copy-second.sqlite")) == ["two"])
            #expect(try Note.all(in: services[0]) == ["later", "one"])
            #expect(cut.pauseMicroseconds > 0)
        }
    }

    @Test func `waits for a transaction that is open, and gives up when it does not end`() throws {
        try TemporaryFolder.run { folder in
            let services = try Self.opened(folder, ["first.sqlite", "second.sqlite"])
            try services[1].write { transaction throws(StorageError) in
                try Note.insert("open", transaction)
                let failure = #expect(throws: StorageError.self) {
                    try DatabaseCut(
                        of: ["first.sqlite", "second.sqlite"].map(folder.path),
                        pauseLimitMilliseconds: 1,
                        attempts: 2
                    )
                }
                #expect(failure?.code == .busy)
            }
            // It has let go of what it had.
            try services[0].write { transaction throws(StorageError) in
                try Note.insert("free", transaction)
            }
        }
    }

    @Test func `is of files that are there, are ours, and have no copy yet`() throws {
        try TemporaryFolder.run { folder in
            let path = folder.path("first.sqlite")
            let service = try Self.opened(folder, ["first.sqlite"])
            let missing = #expect(throws: StorageError.self) {
                try DatabaseCut(of: [path, folder.path("missing.sqlite")])
            }
            #expect(missing?.code == .unavailable)
            #expect(!FileManager.default.fileExists(atPath: folder.path("missing.sqlite")))
            let cut = try DatabaseCut(of: [path])
            try Data("mine".utf8).write(to: URL(filePath: folder.path("taken")))
            let taken = #expect(throws: StorageError.self) {
                try cut.copy(path, to: folder.path("taken"))
            }
            #expect(taken?.code == .unavailable)
            #expect(try String(contentsOfFile: folder.path("taken"), encoding: .utf8) == "mine")
            service[0].close()
        }
    }

    /// A writer raises two counters in two files in turn, the first before the second: at no moment
    /// is the second ahead of the first, or more than one behind.
    @Test func `is of one moment, whoever writes meanwhile`() throws {
        try TemporaryFolder.run { folder in
            let names = ["first.sqlite", "second.sqlite"]
            for database in try Self.opened(folder, names) { database.close() }
            let paths = names.map(folder.path)
            let writer = Writer(paths)
            defer { writer.stop() }
            var last = 0
            var grown = 0
            for round in 0..<200 where grown < 10 {
                let cut = try DatabaseCut(of: paths.reversed())
                var counts: [Int] = []
                for path in paths {
                    let copy = "\(path)-\(round)"
                    try cut.copy(path, to: copy)
                    counts.append(try Self.notes(copy).count)
                }
                #expect([0, 1].contains(counts[0] - counts[1]))
                if counts[0] > last { grown += 1 }
                last = counts[0]
            }
            #expect(grown == 10)
        }
    }

    /// Writes into each database in turn, on a thread of its own, until it is told to stop.
    private final class Writer: Sendable {
        private let isStopped = Mutex(false)
        private let isDone = DispatchSemaphore(value: 0)

        init(_ paths: [String]) {
            Thread.detachNewThread { [self] in
                defer { isDone.signal() }
                guard let services = try? paths.map({ try SQLiteDatabase(path: $0) }) else {
                    return
                }
                var number = 0
                while !isStopped.withLock(\.self) {
                    number += 1
                    for service in services {
                        _ = try? service.write { transaction throws(StorageError) in
                            try Note.insert("\(number)", transaction)
                        }
                    }
                }
            }
        }

        func stop() {
            isStopped.withLock { $0 = true }
            isDone.wait()
        }
    }
}
