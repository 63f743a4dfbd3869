public import Contracts

/// What became of one text message.
public struct TextResult: Codable, Hashable, Sendable {
    /// The message.
    public var id: Text.ID

    /// Whether whoever carries it has taken it.
    public var isSent: Bool

    /// Why not, without any secret.
    public var failure: String?

    /// Creates a value.
    public init(
        id: Text.ID,
        isSent: Bool,
        failure: String? = nil
    ) {
        self.id = id
        self.isSent = isSent
        self.failure = failure
    }
}
