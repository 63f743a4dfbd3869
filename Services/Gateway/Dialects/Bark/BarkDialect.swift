public import GatewayCore
public import HTTP
import JSON

/// The API of barkd for a wallet whose money is in the ledger: everything below `/api/v1`, and
/// `/ping`.
///
/// Shapes and words are those of barkd 0.1.4. What today's clients (0.8.0) call and require beyond
/// that is added, or refused in a sentence: ``BarkRefusals`` has what a wallet here cannot do.
public struct BarkDialect: Dialect {
    public let name = "bark"

    private let router = Operation.router(of: operations)

    /// Creates the dialect.
    public init() {}

    /// All operations, in the order of the documentation.
    static let operations: [Operation] =
        BarkSending.all + BarkWalletOperations.all + BarkLightningOperations.all
        + BarkServerOperations.all + BarkNotificationOperations.all + BarkRefusals.all

    public func owns(_ path: String) -> Bool {
        Self.isPath(path)
    }

    /// Whether a path is one of this dialect's.
    static func isPath(_ path: String) -> Bool {
        path.hasPrefix("/api/v1/") || path == "/ping"
    }

    public func match(_ request: HTTP.Request) -> RouteMatch<any Route> {
        router.match(request)
    }

    public func answer(_ failure: APIFailure, requestID: String) -> Response {
        let problems = failure.problems.map { "\($0.field): \($0.message)" }
        var message = problems.isEmpty ? failure.message : problems.joined(separator: " ")
        if failure.status == 401 {
            message = failure.lacksKey ? "missing auth token" : "invalid auth token"
        }
        // What stands in the way of a request is a 400 here, unless its own words say otherwise.
        let status = [402, 409, 422].contains(failure.status) ? 400 : failure.status
        var answer: JSONObject = ["message": .string(message)]
        if let resources = failure.details["resources"] { answer["resources"] = resources }
        var response = Response.object(answer, status: status)
        if status == 401 { response.headers.add("WWW-Authenticate", "Bearer") }
        if let seconds = failure.retryAfterSeconds {
            response.headers.add("Retry-After", String(seconds))
        }
        return response
    }
}
