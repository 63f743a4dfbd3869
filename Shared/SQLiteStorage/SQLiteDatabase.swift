import CSQLite
public import Storage

/// A database in one SQLite file.
///
/// A committed write is on the disk: the journal is a write-ahead log with `synchronous=FULL`. One
/// thread at a time uses it. The path `:memory:` is a database that ends with the object.
public final class SQLiteDatabase: Database {
    private let connection: SQLiteConnection

    /// Opens a file, and creates it when there is none.
    ///
    /// - Throws: `.readOnly`, `.full`, `.busy` or `.unavailable` when the file cannot be written,
    ///   `.corrupt` when it is damaged or not a database, `.incompatible` when it is the database
    ///   of another program.
    public init(path: String, options: SQLiteOptions = SQLiteOptions()) throws(StorageError) {
        connection = try SQLiteConnection(
            path: path,
            flags: SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
            busyTimeoutMilliseconds: options.busyTimeoutMilliseconds,
            statementLimit: options.statementLimit
        )
        try connection.claim()
        try connection.configure(options)
        if options.checksIntegrity {
            try connection.checkIntegrity()
        }
        try connection.checkWritable()
    }

    // MARK: Database

    public func write<Success>(
        _ body: (borrowing Transaction) throws(StorageError) -> Success
    ) throws(StorageError) -> Success {
        try connection.transact(
            begin: "BEGIN IMMEDIATE",
            end: "COMMIT",
            refusesWrites: false,
            body
        )
    }

    public func read<Success>(
        _ body: (borrowing Transaction) throws(StorageError) -> Success
    ) throws(StorageError) -> Success {
        try connection.transact(begin: "BEGIN", end: "ROLLBACK", refusesWrites: true, body)
    }

    public func migrate(_ migrations: [Migration]) throws(StorageError) {
        try Migrator(database: self, path: connection.path).migrate(migrations)
    }
}
