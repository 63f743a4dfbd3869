/// A command to take note of what has become of a request that Escrow asked Notifier for.
public struct RecordExchange: Command {
    public static let wireName = "escrow.record-exchange.v1"
    /// Escrow asks again when nothing comes.
    public static let isForOperator = false

    /// What Escrow knows it by.
    public var id: String

    /// The status, if there was an answer.
    public var status: Int?

    /// The beginning of the answer's body, as text.
    public var body: String

    /// The SHA-256 of the whole body in hexadecimal, if it was read to its end.
    public var digest: String?

    /// Why there is no answer.
    public var failure: String?

    /// Creates a command.
    public init(
        id: String,
        status: Int? = nil,
        body: String,
        digest: String? = nil,
        failure: String? = nil
    ) {
        self.id = id
        self.status = status
        self.body = body
        self.digest = digest
        self.failure = failure
    }
}
