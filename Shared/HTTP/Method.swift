/// A request method.
///
/// Methods are case-sensitive (RFC 9110, section 9.1). A method that no route can have keeps its
/// text
/// in ``other(_:)``, so that a router answers it with 405 and a log can name it.
public enum Method: Hashable, Sendable {
    case get
    case post
    case put
    case patch
    case delete
    case head
    case options
    case other(String)

    /// Finds the method that is written as a text.
    public init(_ text: String) {
        switch text {
        case "GET": self = .get
        case "POST": self = .post
        case "PUT": self = .put
        case "PATCH": self = .patch
        case "DELETE": self = .delete
        case "HEAD": self = .head
        case "OPTIONS": self = .options
        default: self = .other(text)
        }
    }

    /// The method as a request writes it.
    public var text: String {
        switch self {
        case .get: "GET"
        case .post: "POST"
        case .put: "PUT"
        case .patch: "PATCH"
        case .delete: "DELETE"
        case .head: "HEAD"
        case .options: "OPTIONS"
        case .other(let text): text
        }
    }

    /// The methods that a route can have, in the order in which `Allow` lists them.
    public static let known: [Method] = [.get, .head, .post, .put, .patch, .delete, .options]
}

extension Method: CustomStringConvertible {
    public var description: String { text }
}
