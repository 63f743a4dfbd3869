/// Why a text is no destination.
public struct DestinationProblem: Error, Hashable, Sendable {
    /// The reason, in a sentence.
    public var reason: String

    /// Creates a problem.
    public init(_ reason: String) {
        self.reason = reason
    }
}
