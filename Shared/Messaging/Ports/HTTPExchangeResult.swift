/// What became of one request.
public struct HTTPExchangeResult: Codable, Hashable, Sendable {
    /// What the sender knows the request by.
    public var id: String

    /// The status, if there is an answer.
    public var status: Int?

    /// The answer's field `Retry-After`.
    public var retryAfter: String?

    /// The beginning of the answer's body.
    public var body: [UInt8]

    /// The size of the body as far as it was read.
    public var byteCount: Int

    /// Whether the body was read to its end.
    public var isComplete: Bool

    /// The SHA-256 of the whole body, if it is wanted and was read.
    public var digest: [UInt8]?

    /// How long it took.
    public var milliseconds: Int64

    /// Why there is no answer, without any secret.
    public var failure: String?

    /// The beginning of the answer's body as text that can be stored and sent on, at most so many
    /// bytes of it: what is not UTF-8, and NUL, which the messages' JSON refuses, is replaced.
    public func text(_ maximumBytes: Int) -> String {
        let bytes = body.prefix(maximumBytes)
        let text = String(decoding: bytes, as: UTF8.self)
        guard bytes.contains(0) else { return text }
        return String(text.unicodeScalars.map { $0 == "\0" ? "\u{FFFD}" : Character($0) })
    }

    /// Creates a value.
    public init(
        id: String,
        status: Int? = nil,
        retryAfter: String? = nil,
        body: [UInt8],
        byteCount: Int,
        isComplete: Bool,
        digest: [UInt8]? = nil,
        milliseconds: Int64,
        failure: String? = nil
    ) {
        self.id = id
        self.status = status
        self.retryAfter = retryAfter
        self.body = body
        self.byteCount = byteCount
        self.isComplete = isComplete
        self.digest = digest
        self.milliseconds = milliseconds
        self.failure = failure
    }
}
