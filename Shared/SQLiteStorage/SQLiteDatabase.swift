import CSQLite
public import Storage

/// A database in one SQLite file.
///
/// A committed write is on the disk: the journal is a write-ahead log with `synchronous=FULL`. One
/// thread at a time uses the object, and one process at a time opens the file for writing; any
/// number of read-only objects, in any process, read it meanwhile. The path `:memory:` is a
/// database that ends with the object.
public final class SQLiteDatabase: Database {
    private let path: String
    private let isReadOnly: Bool
    private var connection: SQLiteConnection?
    private var log: WriteAheadLog?
    private var lock: FileLock?

    /// Opens a file, and creates it, readable by its owner alone, when there is none.
    ///
    /// - Throws: `.busy` when another process has it open, `.readOnly`, `.full` or `.unavailable`
    ///   when it cannot be written, `.corrupt` when it is damaged or not a database,
    ///   `.incompatible` when it is the database of another program.
    public init(path: String, options: SQLiteOptions = SQLiteOptions()) throws(StorageError) {
        self.path = path
        isReadOnly = false
        let isInMemory = path == ":memory:"
        if !isInMemory {
            if options.isExclusive {
                lock = try FileLock(besides: path)
            }
            try SQLiteConnection.createFile(path)
        }
        let connection = try SQLiteConnection(
            path: path,
            flags: SQLITE_OPEN_READWRITE,
            busyTimeoutMilliseconds: options.busyTimeoutMilliseconds,
            statementLimit: options.statementLimit
        )
        try connection.claim()
        try connection.configure(options)
        if options.checksIntegrity {
            try connection.checkIntegrity()
        }
        if !isInMemory {
            log = try WriteAheadLog(of: connection, options: options)
        }
        self.connection = connection
    }

    /// Opens an existing file for reading, also while a service has it open for writing.
    private init(readingFrom path: String, options: SQLiteOptions) throws(StorageError) {
        self.path = path
        isReadOnly = true
        let connection = try SQLiteConnection(
            path: path,
            flags: SQLITE_OPEN_READONLY,
            busyTimeoutMilliseconds: options.busyTimeoutMilliseconds,
            statementLimit: options.statementLimit
        )
        try connection.checkApplication()
        try connection.configureMemory(options)
        if options.checksIntegrity {
            try connection.checkIntegrity()
        }
        self.connection = connection
    }

    deinit {
        close()
    }

    /// Opens an existing file for reading, also while a service has it open for writing.
    ///
    /// - Throws: `.unavailable` when there is no such file, `.corrupt` when it is damaged or not a
    ///   database, `.incompatible` when it is the database of another program; later, each write
    ///   throws `.readOnly`.
    public static func openReadOnly(
        path: String,
        options: SQLiteOptions = SQLiteOptions()
    ) throws(StorageError) -> SQLiteDatabase {
        try SQLiteDatabase(readingFrom: path, options: options)
    }

    /// Empties the write-ahead log and closes the file; a second call does nothing.
    ///
    /// - Precondition: No transaction is open, and the database is not used afterwards.
    public func close() {
        log?.close()
        log = nil
        connection = nil
        lock = nil
    }

    // MARK: Database

    public func write<Success>(
        _ body: (borrowing Transaction) throws(StorageError) -> Success
    ) throws(StorageError) -> Success {
        guard !isReadOnly else {
            throw StorageError(.readOnly, message: "\(path): the file was opened for reading")
        }
        let connection = openConnection()
        connection.checkNoTransaction()
        if let log {
            try log.prepareForWrite()
        }
        return try connection.transact(
            begin: "BEGIN IMMEDIATE",
            end: "COMMIT",
            refusesWrites: false,
            body
        )
    }

    public func read<Success>(
        _ body: (borrowing Transaction) throws(StorageError) -> Success
    ) throws(StorageError) -> Success {
        let connection = openConnection()
        connection.checkNoTransaction()
        return try connection.transact(begin: "BEGIN", end: "ROLLBACK", refusesWrites: true, body)
    }

    public func migrate(_ migrations: [Migration]) throws(StorageError) {
        try Migrator(database: self, path: path).migrate(migrations)
    }

    private func openConnection() -> SQLiteConnection {
        guard let connection else { preconditionFailure("a closed database is not used") }
        return connection
    }
}
