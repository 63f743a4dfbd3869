/// One attempt of a delivery.
public struct DeliveryAttempt: Codable, Hashable, Sendable {
    /// When it ended.
    public var at: Timestamp

    /// The status of the answer, if there was one.
    public var status: Int?

    /// How long it took.
    public var milliseconds: Int64

    /// The first 1024 bytes of the answer, if there was one.
    public var answer: String?

    /// Why there was no answer.
    public var failure: String?

    /// Creates a value.
    public init(
        at: Timestamp,
        status: Int? = nil,
        milliseconds: Int64,
        answer: String? = nil,
        failure: String? = nil
    ) {
        self.at = at
        self.status = status
        self.milliseconds = milliseconds
        self.answer = answer
        self.failure = failure
    }
}
