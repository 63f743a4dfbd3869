import CSQLite
import Storage

/// The writer's side of the write-ahead log: keeps it from growing without bound.
final class WriteAheadLog {
    /// How long the writer waits for readers to leave a log that is over its limit.
    private static let patienceMilliseconds: Int32 = 100

    /// A page and its header in the log.
    private static let frameBytes = 4096 + 24

    private let connection: SQLiteConnection
    private let checkpointer: Checkpointer
    private let options: SQLiteOptions

    /// The pages in the log after the last commit, written by SQLite's hook on the writer's thread.
    private let pages: UnsafeMutablePointer<Int>

    /// The size of the log from which something is done.
    private var threshold: Int

    /// The size of the log from which the writer itself empties it.
    private var limit: Int

    init(of connection: SQLiteConnection, options: SQLiteOptions) throws(StorageError) {
        self.connection = connection
        self.options = options
        threshold = options.checkpointPages
        limit = options.logLimitPages
        // A log that a reader made longer is cut when it starts anew.
        let mostBytes = options.logLimitPages * WriteAheadLog.frameBytes
        try connection.run(SQL(stringLiteral: "PRAGMA journal_size_limit = \(mostBytes)"))
        let background = try SQLiteConnection(
            path: connection.path,
            flags: SQLITE_OPEN_READWRITE,
            busyTimeoutMilliseconds: options.busyTimeoutMilliseconds,
            statementLimit: 16
        )
        try background.run("PRAGMA synchronous = FULL")
        try background.run("PRAGMA cache_size = -64")
        try background.run("PRAGMA wal_autocheckpoint = 0")
        checkpointer = try Checkpointer(connection: background)
        pages = .allocate(capacity: 1)
        pages.initialize(to: 0)
        // The hook takes the place of SQLite's own automatic checkpoint.
        sqlite3_wal_hook(
            connection.handle,
            { context, _, _, count in
                context?.assumingMemoryBound(to: Int.self).pointee = Int(count)
                return SQLITE_OK
            },
            pages
        )
    }

    deinit {
        pages.deallocate()
    }

    /// Does what the log needs before the next transaction.
    ///
    /// - Throws: The cause why a log at its limit cannot be emptied, for example a full disk. A
    ///   reader that holds an old snapshot is no cause: the log grows until it leaves.
    func prepareForWrite() throws(StorageError) {
        guard pages.pointee >= threshold else { return }
        if pages.pointee >= limit {
            try empty()
        } else if try checkpointer.advance() {
            let progress = try passing()
            let isComplete = progress.map { $0.copied == $0.inLog } ?? false
            // When a reader is in the way, the log grows by as much before the next attempt.
            threshold =
                isComplete ? options.checkpointPages : pages.pointee + options.checkpointPages
            if isComplete {
                pages.pointee = 0
                limit = options.logLimitPages
            }
        }
    }

    /// Ends the thread, empties the log if no reader is in the way, and lets go of the connection.
    func close() {
        checkpointer.stop()
        sqlite3_wal_hook(connection.handle, nil, nil)
        sqlite3_busy_timeout(connection.handle, WriteAheadLog.patienceMilliseconds)
        // What stays in the log is durable there, and is read from there by the next start.
        _ = try? connection.checkpoint(SQLITE_CHECKPOINT_TRUNCATE)
    }

    /// Copies what is left; a failure that may pass is met again when the log is at its limit.
    private func passing() throws(StorageError) -> (inLog: Int, copied: Int)? {
        do throws(StorageError) {
            return try connection.checkpoint(SQLITE_CHECKPOINT_PASSIVE)
        } catch {
            if error.code == .uncertain { throw error }
            return nil
        }
    }

    private func empty() throws(StorageError) {
        checkpointer.settle()
        sqlite3_busy_timeout(connection.handle, WriteAheadLog.patienceMilliseconds)
        defer {
            let milliseconds = Int32(clamping: options.busyTimeoutMilliseconds)
            sqlite3_busy_timeout(connection.handle, milliseconds)
        }
        do throws(StorageError) {
            _ = try connection.checkpoint(SQLITE_CHECKPOINT_TRUNCATE)
            pages.pointee = 0
            threshold = options.checkpointPages
            limit = options.logLimitPages
        } catch {
            guard error.code == .busy else { throw error }
            limit = pages.pointee + options.checkpointPages
        }
    }
}
