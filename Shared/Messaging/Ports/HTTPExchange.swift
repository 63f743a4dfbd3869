public import Contracts

/// An order to the port that speaks HTTP: one request to a server of somebody else.
///
/// Redirects are not followed, certificates are verified, and addresses that are not public are
/// refused. It never leaves its process.
public struct HTTPExchange: Message {
    public static let wireName = "port.http-exchange.v1"

    /// What its sender knows it by.
    public var id: String

    /// The method.
    public var method: String

    /// The URL.
    public var url: String

    /// The header fields, each a name and a value.
    public var headers: [[String]]

    /// The body.
    public var body: [UInt8]

    /// The time for all of it.
    public var timeoutMilliseconds: Int

    /// How much of the answer's body is kept.
    public var keptBytes: Int

    /// How large the answer's body may be; a longer one is not read to its end.
    public var maximumBytes: Int

    /// Whether the SHA-256 of the whole body is wanted.
    public var wantsDigest: Bool

    /// Whether it may be sent once only: then it has a connection of its own, because a request
    /// on a kept one is sent again when that turns out to be dead.
    public var isSentOnce: Bool

    /// Creates an order.
    public init(
        id: String,
        method: String,
        url: String,
        headers: [[String]],
        body: [UInt8],
        timeoutMilliseconds: Int,
        keptBytes: Int,
        maximumBytes: Int,
        wantsDigest: Bool,
        isSentOnce: Bool = false
    ) {
        self.id = id
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.timeoutMilliseconds = timeoutMilliseconds
        self.keptBytes = keptBytes
        self.maximumBytes = maximumBytes
        self.wantsDigest = wantsDigest
        self.isSentOnce = isSentOnce
    }
}
