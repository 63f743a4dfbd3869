import HTTP
import JSON

/// What the gateway answered.
struct Answer {
    /// The status code.
    var status: Int

    /// The header fields.
    var headers: Headers

    /// The body as it came.
    var body: [UInt8]

    /// The body as JSON, or `nil` when it is none.
    var json: JSONValue? { try? JSONValue(parsing: body) }

    /// The body for people: JSON with lines and spaces, or the text as it is.
    var prettyBody: String {
        var text = String(decoding: json?.prettyBytes() ?? body, as: UTF8.self)
        while text.hasSuffix("\n") { text.removeLast() }
        return text
    }

    /// The body of a success.
    ///
    /// - Throws: `.refused` with the platform's own words for 4xx, `.unreachable` for 503,
    ///   `.failed` for anything else.
    func success() throws(Failure) -> JSONValue {
        if (200..<300).contains(status), let json { return json }
        let error = json?["error"]
        let words = error?["message"]?.stringValue ?? "no words"
        let name = error?["code"]?.stringValue.map { $0 + ": " } ?? ""
        switch status {
        case 400..<500: throw Failure(.refused, "\(status) \(name)\(words)")
        case 502...504: throw Failure(.unreachable, "\(status) \(name)\(words)")
        default: throw Failure(.failed, "unexpected answer \(status) \(name)\(words)")
        }
    }
}
