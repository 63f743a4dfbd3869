public import HTTP

/// A request that a load client sends.
public struct LoadRequest: Sendable {
    /// What the sender knows it by.
    public var tag: Int

    /// The method.
    public var method: Method

    /// The URL.
    public var url: String

    /// The header fields.
    public var headers: Headers

    /// The body.
    public var body: [UInt8]

    /// Makes a request.
    public init(tag: Int, method: Method, url: String, headers: Headers = [:], body: [UInt8] = []) {
        self.tag = tag
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
    }
}
