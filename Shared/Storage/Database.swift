/// A database that a service owns, with one writer.
///
/// It is used by one thread at a time, and one transaction is open at a time: a transaction in a
/// transaction is a fault.
public protocol Database: AnyObject {
    /// Runs a closure in a transaction: commits durably when it returns, rolls back when it throws.
    ///
    /// After a statement has failed, the transaction can only be rolled back: every further
    /// statement, and the commit, throws that first failure. So a caught failure never commits half
    /// of the work, with any database.
    func write<Success>(
        _ body: (borrowing Transaction) throws(StorageError) -> Success
    ) throws(StorageError) -> Success

    /// Runs a closure on one snapshot of the database, in which it can change nothing.
    ///
    /// - Throws: `.readOnly` when a statement would write.
    func read<Success>(
        _ body: (borrowing Transaction) throws(StorageError) -> Success
    ) throws(StorageError) -> Success

    /// Brings the schema up to date: applies the migrations that were not applied yet, in order,
    /// each in a transaction, and records its name, checksum and time.
    ///
    /// - Precondition: The names are distinct.
    /// - Throws: `.incompatible` when an applied migration's checksum differs, or when the database
    ///   has a migration that is not in the list: the program is older than its data.
    func migrate(_ migrations: [Migration]) throws(StorageError)
}
