public import Contracts
public import HTTP

/// One of the APIs that the gateway speaks: it turns requests into questions to services, and
/// their replies into answers.
public protocol Dialect {
    /// The name in metrics and logs.
    var name: String { get }

    /// Whether a token that an agent's session signed is as good as a key.
    var takesSessions: Bool { get }

    /// Whether a path is one of this dialect's.
    func owns(_ path: String) -> Bool

    /// Finds the route of a request.
    func match(_ request: HTTP.Request) -> RouteMatch<any Route>

    /// Writes a failure in the dialect's envelope.
    func answer(_ failure: APIFailure, requestID: String) -> Response

    /// Adds what every answer of the dialect has.
    func finish(_ response: inout Response, at now: Timestamp)
}

extension Dialect {
    public var takesSessions: Bool { false }

    public func finish(_ response: inout Response, at now: Timestamp) {}
}

/// One operation of a dialect.
public protocol Route: Sendable {
    /// The operation's name.
    var id: String { get }

    /// The classes of keys that may use it; empty for everybody, also without a key.
    var classes: Set<KeyClass> { get }

    /// The greatest number of bytes of a body where it is not that of all routes.
    var bodyBytes: Int? { get }

    /// The media types that a body can be of.
    var bodyTypes: Set<String> { get }

    /// Answers a call of somebody who may use it.
    func answer(_ call: Call) async throws(APIFailure) -> Response
}
