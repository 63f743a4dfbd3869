/// A failure of the database.
///
/// The transaction is rolled back and its message is handled again.
public struct StorageError: Error, Hashable, Sendable {
    /// What the caller can do about a failure.
    public enum Code: String, Hashable, Sendable {
        /// The database is locked or a serialization failed: retry.
        case busy
        /// A constraint refused the statement.
        case constraint
        /// The statement fails whenever it is run: it is malformed, or what it computes is too
        /// large.
        case statement
        /// The disk is full: make room, then retry.
        case full
        /// The file or its folder cannot be written: mend the permissions.
        case readOnly = "read_only"
        /// The file is damaged: restore it.
        case corrupt
        /// The database is of a newer or another version of the program.
        case incompatible
        /// Nobody knows whether the transaction is durable: writing or `fsync` failed while it was
        /// committed. The process ends, says nothing to anybody, and reads the file anew.
        case uncertain
        /// Anything else, which may pass: the disk, the connection.
        case unavailable
    }

    /// The class of the failure.
    public var code: Code

    /// The database's own words, for operators, without any bound value.
    public var message: String

    /// Creates an error.
    public init(_ code: Code, message: String) {
        self.code = code
        self.message = message
    }
}
