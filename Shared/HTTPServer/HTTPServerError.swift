/// Why a server cannot start.
public struct HTTPServerError: Error, Hashable, Sendable {
    /// The cause, in words for an operator.
    public var message: String

    /// Creates an error.
    public init(message: String) {
        self.message = message
    }
}
