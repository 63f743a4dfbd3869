/// A database that a service owns, with one writer.
public protocol Database: AnyObject {
    /// Runs a closure in a transaction: commits durably when it returns, rolls back when it throws.
    func write<Success>(
        _ body: (borrowing Transaction) throws(StorageError) -> Success
    ) throws(StorageError) -> Success

    /// Brings the schema up to date: applies the migrations that were not applied yet, in order,
    /// each in a transaction, and records its name, checksum and time.
    ///
    /// - Throws: `.incompatible` when an applied migration's checksum differs, or when the database
    ///   has a migration that is not in the list: the program is older than its data.
    func migrate(_ migrations: [Migration]) throws(StorageError)
}
