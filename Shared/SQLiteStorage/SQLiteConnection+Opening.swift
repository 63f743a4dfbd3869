import Storage

extension SQLiteConnection {
    var isInMemory: Bool {
        path == ":memory:"
    }

    /// Makes an empty file ours, and refuses the file of another program.
    func claim() throws(StorageError) {
        let applicationID = try integer("PRAGMA application_id") ?? 0
        guard applicationID != Int64(SQLiteOptions.applicationID) else { return }
        let tableCount = try integer("SELECT COUNT(*) FROM sqlite_schema") ?? 0
        guard applicationID == 0, tableCount == 0 else {
            throw StorageError(
                .incompatible,
                message: "\(path): the database of another program; choose another path"
            )
        }
        try run(SQL(stringLiteral: "PRAGMA application_id = \(SQLiteOptions.applicationID)"))
    }

    /// Sets what holds for each connection that writes.
    func configure(_ options: SQLiteOptions) throws(StorageError) {
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

    /// Takes the lock of a writer and gives it back, so that a file that cannot be written is
    /// found now and not with the first payment.
    func checkWritable() throws(StorageError) {
        try run("BEGIN IMMEDIATE")
        try run("ROLLBACK")
    }
}
