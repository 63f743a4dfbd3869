public import JSON

/// One HTTP request, complete with its body.
public struct Request: Sendable {
    /// The method.
    public var method: Method

    /// The path and the query, decoded.
    public var target: Target

    /// The header fields in order.
    public var headers: Headers

    /// The body; empty when there is none.
    public var body: [UInt8]

    /// The address of the peer as text without a port, for example `192.0.2.7`; empty when unknown.
    ///
    /// Behind a proxy it is the proxy's address.
    public var peerAddress: String

    /// What the body was read as, if somebody has done that already.
    private var reading: Result<JSONValue, JSONError>?

    /// Makes a request.
    public init(
        method: Method,
        target: Target,
        headers: Headers = [:],
        body: [UInt8] = [],
        peerAddress: String = ""
    ) {
        self.method = method
        self.target = target
        self.headers = headers
        self.body = body
        self.peerAddress = peerAddress
    }

    /// Makes a request to a target in its encoded form, or `nil` when the target is malformed.
    public init?(
        _ method: Method,
        _ target: String,
        headers: Headers = [:],
        body: [UInt8] = []
    ) {
        guard let target = Target(target) else { return nil }
        self.init(method: method, target: target, headers: headers, body: body)
    }

    /// The body as JSON, by the strict rules (API.md, section 0).
    ///
    /// - Throws: The first rule that the body breaks.
    public func json() throws(JSONError) -> JSONValue {
        if let reading { return try reading.get() }
        return try JSONValue(parsing: body)
    }

    /// The same request with a body that was read: ``json()`` costs nothing any more.
    public func withBodyRead() -> Request {
        var request = self
        do throws(JSONError) {
            request.reading = .success(try json())
        } catch {
            request.reading = .failure(error)
        }
        return request
    }

    /// The path as it was sent, percent-encoded, without the query.
    public var path: String { target.path }

    /// The decoded parts of the path.
    public var segments: [String] { target.segments }

    /// The decoded parameters of the query, in order.
    public var query: [QueryItem] { target.query }

    /// The value of the first query parameter of a name.
    public func queryValue(_ name: String) -> String? {
        target.query.first { $0.name == name }?.value
    }

    /// The media type of the body in lower case, without parameters such as `charset`.
    public var mediaType: String? {
        guard let value = headers["Content-Type"] else { return nil }
        let type = value.utf8.prefix { $0 != UInt8(ascii: ";") && $0 != 0x20 && $0 != 0x09 }
        return String(Substring(type)).lowercased()
    }

    /// Whether the body's type names an encoding of its text other than UTF-8.
    ///
    /// Every field and every parameter counts, so that nobody reads another one than this.
    public var isCharsetOther: Bool {
        headers.values(of: "Content-Type").contains { value in
            value.split(separator: ";").dropFirst().contains { parameter in
                let parts = parameter.split(separator: "=", maxSplits: 1)
                guard let name = parts.first, Self.word(name) == "charset" else { return false }
                return parts.count < 2 || Self.word(parts[1]) != "utf-8"
            }
        }
    }

    /// Whether the body is packed, for example with gzip.
    public var isPacked: Bool {
        headers.values(of: "Content-Encoding").contains { value in
            value.split(separator: ",").contains { Self.word($0) != "identity" }
        }
    }

    /// A word in lower case, without the space and the quotation marks around it.
    private static func word(_ text: Substring) -> String {
        func isAround(_ byte: UInt8) -> Bool {
            byte == 0x20 || byte == 0x09 || byte == UInt8(ascii: "\"")
        }
        let rest = text.utf8.drop(while: isAround)
        let bytes = rest.reversed().drop(while: isAround).reversed()
        return String(decoding: bytes, as: UTF8.self).lowercased()
    }
}
