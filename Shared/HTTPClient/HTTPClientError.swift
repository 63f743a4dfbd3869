/// Why there is no answer.
public struct HTTPClientError: Error, Hashable, Sendable {
    /// Whether the request may have reached the server.
    public var isUnknown: Bool

    /// The cause, in words for a person, without credentials.
    public var message: String
}
