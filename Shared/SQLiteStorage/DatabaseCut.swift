import CSQLite
import Glibc
public import Storage

/// One moment of several databases, while other processes go on writing them.
///
/// The cut takes the write lock of every file. While it holds them all nobody commits anything, so
/// that what the files say together is what they would say after a loss of power at that moment. It
/// begins a snapshot of each, lets go of the locks, and the copies are made of the snapshots.
public final class DatabaseCut {
    /// How long the locks may be held before the cut lets go and tries again.
    public static let pauseLimitMilliseconds = 250

    /// A writer asks again for a lock as often as SQLite tells it to; the cut asks more often.
    private static let pollMicroseconds: UInt32 = 100
    private static let pagesAtATime: Int32 = 4096

    private struct Member {
        var path: String
        var barrier: SQLiteConnection
        var snapshot: SQLiteConnection
    }

    private let members: [Member]

    /// For how long nobody could write, in microseconds.
    public private(set) var pauseMicroseconds: Int64 = 0

    /// Makes the cut of some files.
    ///
    /// - Throws: `.unavailable` when there is no such file, `.incompatible` when one is another
    ///   program's, `.busy` when a file is locked for longer than a writer's transaction takes.
    public init(
        of paths: [String],
        pauseLimitMilliseconds: Int = DatabaseCut.pauseLimitMilliseconds,
        attempts: Int = 40
    ) throws(StorageError) {
        var members: [Member] = []
        for path in paths { members.append(try Self.open(path)) }
        self.members = members
        for attempt in 1...attempts {
            do throws(StorageError) {
                try freeze(for: pauseLimitMilliseconds)
                return
            } catch {
                guard error.code == .busy, attempt < attempts else { throw error }
                // Whoever waits for a lock gets on in between.
                usleep(50_000)
            }
        }
    }

    /// Runs a closure on the snapshot of a file.
    ///
    /// - Precondition: The file is one of the cut.
    public func read<Success>(
        _ path: String,
        _ body: (borrowing Transaction) throws(StorageError) -> Success
    ) throws(StorageError) -> Success {
        try body(Transaction(on: member(path).snapshot))
    }

    /// Copies the snapshot of a file into a new file, checks the copy and waits until it is on the
    /// disk.
    ///
    /// - Precondition: The file is one of the cut.
    /// - Throws: `.unavailable` when the target is there, `.corrupt` when the copy is damaged, and
    ///   what writing it can fail of.
    public func copy(_ path: String, to target: String) throws(StorageError) {
        let descriptor = Glibc.open(target, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw StorageError(systemError: errno, path: target, doing: "make the file")
        }
        Glibc.close(descriptor)
        try Self.write(member(path).snapshot, to: target)
        try Self.check(target)
        try Self.settle(target)
    }

    private static func write(
        _ source: SQLiteConnection,
        to target: String
    ) throws(StorageError) {
        let copy = try openCopy(target)
        // Nobody reads a copy that is not whole.
        try copy.run("PRAGMA synchronous = OFF")
        _ = try copy.text("PRAGMA journal_mode = OFF")
        guard let backup = sqlite3_backup_init(copy.handle, "main", source.handle, "main") else {
            let result = sqlite3_errcode(copy.handle)
            throw StorageError(result: result, on: copy.handle, path: target)
        }
        var result = SQLITE_OK
        while result == SQLITE_OK { result = sqlite3_backup_step(backup, pagesAtATime) }
        let end = sqlite3_backup_finish(backup)
        guard result == SQLITE_DONE, end == SQLITE_OK else {
            let failed = result == SQLITE_DONE ? end : result
            throw StorageError(result: failed, on: copy.handle, path: target)
        }
    }

    private static func check(_ target: String) throws(StorageError) {
        let copy = try openCopy(target)
        try copy.checkApplication()
        try copy.checkIntegrity()
    }

    private static func openCopy(_ target: String) throws(StorageError) -> SQLiteConnection {
        try SQLiteConnection(
            path: target,
            flags: SQLITE_OPEN_READWRITE,
            busyTimeoutMilliseconds: 0,
            statementLimit: 16
        )
    }

    /// Waits until a file is on the disk.
    private static func settle(_ target: String) throws(StorageError) {
        let descriptor = Glibc.open(target, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw StorageError(systemError: errno, path: target, doing: "open the copy")
        }
        defer { Glibc.close(descriptor) }
        guard fsync(descriptor) == 0 else {
            throw StorageError(systemError: errno, path: target, doing: "write the copy")
        }
    }

    private func member(_ path: String) -> Member {
        guard let member = members.first(where: { $0.path == path }) else {
            preconditionFailure("a file of the cut is asked for")
        }
        return member
    }

    private static func open(_ path: String) throws(StorageError) -> Member {
        var connections: [SQLiteConnection] = []
        for _ in 0..<2 {
            let connection = try SQLiteConnection(
                path: path,
                flags: SQLITE_OPEN_READWRITE,
                busyTimeoutMilliseconds: 0,
                statementLimit: 32
            )
            // The files stay as they are, also when nobody else has them open.
            csqlite_leave_log_on_close(connection.handle)
            try connection.run("PRAGMA wal_autocheckpoint = 0")
            try connection.checkApplication()
            connections.append(connection)
        }
        return Member(path: path, barrier: connections[0], snapshot: connections[1])
    }

    /// Takes all locks, begins all snapshots, and lets go of the locks.
    private func freeze(for milliseconds: Int) throws(StorageError) {
        let start = Self.microseconds()
        var held: [SQLiteConnection] = []
        defer {
            for connection in held.reversed() { _ = try? connection.run("ROLLBACK") }
            pauseMicroseconds = Self.microseconds() - start
        }
        let deadline = start + Int64(milliseconds) * 1000
        for member in members {
            try Self.lock(member.barrier, until: deadline)
            held.append(member.barrier)
        }
        var begun: [SQLiteConnection] = []
        do throws(StorageError) {
            for member in members {
                try member.snapshot.run("BEGIN")
                begun.append(member.snapshot)
                // The snapshot is of the moment of the first read.
                _ = try member.snapshot.integer("SELECT COUNT(*) FROM sqlite_schema")
            }
        } catch {
            for connection in begun { _ = try? connection.run("ROLLBACK") }
            throw error
        }
    }

    private static func lock(
        _ connection: SQLiteConnection,
        until deadline: Int64
    ) throws(StorageError) {
        while true {
            do throws(StorageError) {
                return try connection.retry("BEGIN IMMEDIATE")
            } catch {
                guard error.code == .busy, microseconds() < deadline else { throw error }
                usleep(pollMicroseconds)
            }
        }
    }

    private static func microseconds() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
    }
}
