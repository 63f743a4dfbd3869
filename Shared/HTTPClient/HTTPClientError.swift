/// Why a request has no answer.
public struct HTTPClientError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kinds of causes.
    public enum Code: Hashable, Sendable {
        /// The URL is malformed or its scheme is neither `http` nor `https`.
        case invalidURL
        /// The server's name is not known or nothing answers there: the request was not sent.
        case unreachable
        /// The time was over; the request may have had its effect.
        case timedOut
        /// The answer is larger than the limit; the request may have had its effect.
        case tooLarge
        /// The server's certificate is not trusted: the request was not sent.
        case untrusted
        /// The connection was lost or did not speak HTTP; the request may have had its effect.
        case broken
    }

    /// The kind of cause.
    public let code: Code

    /// The method, the URL without user, password and query, and the cause, on one line.
    public let message: String

    /// The message.
    public var description: String { message }

    init(_ code: Code, method: String, url: String, cause: String) {
        self.code = code
        message = "\(method) \(HTTPClientError.publicPart(of: url)): \(cause)"
    }

    /// Leaves out what can be secret in a URL.
    static func publicPart(of url: String) -> String {
        let plain = url.prefix { $0 != "?" && $0 != "#" }
        guard let mark = plain.firstRange(of: "://") else { return String(plain) }
        let rest = plain[mark.upperBound...]
        let authority = rest.prefix { $0 != "/" }
        guard let at = authority.lastIndex(of: "@") else { return String(plain) }
        return "\(plain[..<mark.upperBound])\(rest[rest.index(after: at)...])"
    }
}
