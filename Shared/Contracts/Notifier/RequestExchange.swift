/// A command of Escrow to send one request to somebody else's server.
///
/// It is not kept: what is lost with the process is asked for again by Escrow. What becomes of it
/// is told with ``RecordExchange``.
public struct RequestExchange: Command {
    public static let wireName = "notifier.request-exchange.v1"
    /// Who asked asks again.
    public static let isForOperator = false

    /// What Escrow knows it by, 1 to 200 characters.
    public var id: String

    /// The method, `GET` or `POST`.
    public var method: String

    /// The URL.
    public var url: String

    /// The header fields, each a name and a value.
    public var headers: [[String]]

    /// The body, empty for none.
    public var body: String

    /// How large the answer's body may be, in bytes.
    public var maximumBytes: Int

    /// Creates a command.
    public init(
        id: String,
        method: String,
        url: String,
        headers: [[String]],
        body: String,
        maximumBytes: Int
    ) {
        self.id = id
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.maximumBytes = maximumBytes
    }
}
