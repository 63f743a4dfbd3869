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
        /// The disk is full: make room, then retry.
        case full
        /// The file or its folder cannot be written: mend the permissions.
        case readOnly = "read_only"
        /// The file is damaged: restore it.
        case corrupt
        /// The database is of a newer or another version of the program.
        case incompatible
        /// Anything else: the disk, the connection, a malformed statement.
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
