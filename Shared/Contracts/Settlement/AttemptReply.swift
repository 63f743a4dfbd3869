/// An attempt, in answer to a request.
public struct AttemptReply: Message {
    public static let wireName = "settlement.attempt-reply.v1"

    /// The attempt.
    public var attempt: AttemptSnapshot

    /// Creates a reply.
    public init(attempt: AttemptSnapshot) {
        self.attempt = attempt
    }
}
