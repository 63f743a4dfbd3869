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
        if status == 204 { return [:] }
        if (200..<300).contains(status), let json { return json }
        let refusal = Refusal(self)
        switch status {
        case 400..<500: throw Failure(.refused, refusal.message, hint: refusal.hint)
        case 502...504: throw Failure(.unreachable, refusal.message, hint: refusal.hint)
        default:
            throw Failure(.failed, "unexpected answer \(refusal.message)", hint: refusal.hint)
        }
    }
}
