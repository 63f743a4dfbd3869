/// A message that a service has put aside for an operator, and what has become of it.
public struct PutAsideMessage: Codable, Hashable, Sendable {
    /// What has become of a message.
    public enum State: String, Codable, CaseIterable, Sendable {
        /// It has had no effect, and nobody has decided about it.
        case undecided
        /// It was tried again and has had its effect.
        case retried
        /// It was given up, and will never have one.
        case discarded
    }

    /// The number within the service.
    public var number: Int64

    /// The identifier of the envelope.
    public var message: MessageReference.ID

    /// The instance that sent it.
    public var source: String

    /// The wire name.
    public var type: String

    /// Why it could not be handled the last time, in words and without its content.
    public var reason: String

    /// How many times it was tried to handle it.
    public var attempts: Int64

    /// When it was put aside.
    public var putAsideAt: Timestamp

    /// When it was tried the last time.
    public var lastAt: Timestamp

    /// What has become of it.
    public var state: State

    /// The key that decided about it.
    public var decidedBy: String?

    /// When it was decided about.
    public var decidedAt: Timestamp?

    /// Creates a description.
    public init(
        number: Int64,
        message: MessageReference.ID,
        source: String,
        type: String,
        reason: String,
        attempts: Int64,
        putAsideAt: Timestamp,
        lastAt: Timestamp,
        state: State,
        decidedBy: String? = nil,
        decidedAt: Timestamp? = nil
    ) {
        self.number = number
        self.message = message
        self.source = source
        self.type = type
        self.reason = reason
        self.attempts = attempts
        self.putAsideAt = putAsideAt
        self.lastAt = lastAt
        self.state = state
        self.decidedBy = decidedBy
        self.decidedAt = decidedAt
    }
}
