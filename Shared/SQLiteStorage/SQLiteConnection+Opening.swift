import CSQLite
import Glibc
import Storage

extension SQLiteConnection {
    private var isInMemory: Bool {
        path == ":memory:"
    }

    /// Creates the file, for its owner alone, unless it exists; the log and its index follow it.
    static func createFile(_ path: String) throws(StorageError) {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw StorageError(systemError: errno, path: path, doing: "open the file for writing")
        }
        Glibc.close(descriptor)
    }

    /// Makes an empty file ours, and refuses the file of another program.
    func claim() throws(StorageError) {
        let tableCount = try integer("SELECT COUNT(*) FROM sqlite_schema") ?? 0
        let applicationID = try integer("PRAGMA application_id") ?? 0
        guard applicationID == 0, tableCount == 0 else {
            return try checkApplication()
        }
        try run(SQL(stringLiteral: "PRAGMA application_id = \(SQLiteOptions.applicationID)"))
    }

    /// Refuses the file of another program.
    func checkApplication() throws(StorageError) {
        let applicationID = try integer("PRAGMA application_id") ?? 0
        guard applicationID == Int64(SQLiteOptions.applicationID) else {
            throw StorageError(
                .incompatible,
                message: "\(path): the database of another program; choose another path"
            )
        }
    }

    /// Sets what holds for the connection that writes.
    func configure(_ options: SQLiteOptions) throws(StorageError) {
        guard sqlite3_db_readonly(handle, "main") == 0 else {
            throw StorageError(systemError: EROFS, path: path, doing: "open the file for writing")
        }
        let mode = isInMemory ? "memory" : "wal"
        let answer = try text(SQL(stringLiteral: "PRAGMA journal_mode = \(mode)"))
        guard answer == mode else {
            throw StorageError(
                .unavailable,
                message: "\(path): the journal mode is \(answer ?? "unknown"), not \(mode)"
            )
        }
        try run(isInMemory ? "PRAGMA synchronous = OFF" : "PRAGMA synchronous = FULL")
        try run("PRAGMA foreign_keys = ON")
        try configureMemory(options)
        // A file that cannot be written is found now, and not with the first payment.
        try run("BEGIN IMMEDIATE")
        try run("ROLLBACK")
    }

    /// Sets what holds for each connection.
    func configureMemory(_ options: SQLiteOptions) throws(StorageError) {
        try run("PRAGMA temp_store = MEMORY")
        try run("PRAGMA mmap_size = 0")
        try run(SQL(stringLiteral: "PRAGMA cache_size = -\(options.pageCacheKibibytes)"))
    }

    /// Checks the structure of the file, and stops at the first damage.
    func checkIntegrity() throws(StorageError) {
        let answer = try text("PRAGMA quick_check(1)") ?? "no answer"
        guard answer == "ok" else {
            throw StorageError(
                .corrupt,
                message: "\(path): \(answer); restore the file from a backup"
            )
        }
    }

    /// Copies pages from the write-ahead log into the file.
    ///
    /// - Returns: The pages in the log, and how many of them are in the file now.
    func checkpoint(_ mode: Int32) throws(StorageError) -> (inLog: Int, copied: Int) {
        var inLog: Int32 = 0
        var copied: Int32 = 0
        let result = sqlite3_wal_checkpoint_v2(handle, "main", mode, &inLog, &copied)
        guard result == SQLITE_OK else {
            let failure = StorageError(result: result, on: handle, path: path)
            throw StorageError(ofCommit: failure, result: sqlite3_extended_errcode(handle))
        }
        return (Int(inLog), Int(copied))
    }
}
