/// One HTTP response, complete with its body or with a stream of it.
///
/// `Content-Length`, `Date` and `Connection` are written by the server and are not put here.
public struct Response: Hashable, Sendable {
    /// The status code, 200 to 599.
    public var status: Int

    /// The header fields in order.
    public var headers: Headers

    /// The body; empty when there is none.
    public var body: [UInt8]

    /// What the body goes on with, if it is written bit by bit.
    public var stream: ResponseStream?

    /// Makes a response.
    public init(status: Int, headers: Headers = [:], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// Makes a response with a body of a content type.
    public init(status: Int, contentType: String, body: [UInt8]) {
        self.init(status: status, headers: ["Content-Type": contentType], body: body)
    }

    /// Makes a response whose body is JSON text.
    public static func json(status: Int = 200, _ body: [UInt8]) -> Response {
        Response(status: status, contentType: "application/json", body: body)
    }

    /// Makes a response whose body is plain text.
    public static func text(status: Int = 200, _ text: String) -> Response {
        Response(
            status: status,
            contentType: "text/plain; charset=utf-8",
            body: Array(text.utf8)
        )
    }
}
