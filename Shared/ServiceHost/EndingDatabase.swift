import Glibc
import JSON
public import Storage

/// A database that ends the process when nobody knows whether a transaction is durable.
///
/// Whoever waits for an answer gets none, which says `unknown`; the next life reads from the file
/// what became of the transaction.
public final class EndingDatabase: Database {
    /// The exit code of a process whose disk fails (sysexits' `EX_IOERR`).
    public static let exitCode: Int32 = 74

    private let inner: any Database
    private let end: (StorageError) -> Never

    /// Creates a database over another one.
    public init(_ inner: any Database, end: @escaping (StorageError) -> Never) {
        self.inner = inner
        self.end = end
    }

    /// Creates the database of a process, which tells its log why it ends.
    public convenience init(_ inner: any Database, log: Log) {
        self.init(inner) { error in
            log.write(.error, "commit_uncertain", [("message", .string(error.message))])
            _exit(Self.exitCode)
        }
    }

    public func write<Success>(
        _ body: (borrowing Transaction) throws(StorageError) -> Success
    ) throws(StorageError) -> Success {
        do throws(StorageError) {
            return try inner.write(body)
        } catch {
            throw checked(error)
        }
    }

    public func read<Success>(
        _ body: (borrowing Transaction) throws(StorageError) -> Success
    ) throws(StorageError) -> Success {
        try inner.read(body)
    }

    public func migrate(_ migrations: [Migration]) throws(StorageError) {
        do throws(StorageError) {
            try inner.migrate(migrations)
        } catch {
            throw checked(error)
        }
    }

    private func checked(_ error: StorageError) -> StorageError {
        if error.code == .uncertain { end(error) }
        return error
    }
}
