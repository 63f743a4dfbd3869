public import GatewayCore
public import HTTP
import JSON

/// The native API: everything below `/v1`.
public struct NativeDialect: Dialect {
    public let name = "native"

    private let router = Operation.router(of: operations)

    /// Creates the dialect.
    public init() {}

    /// All operations, in the order of the documentation.
    static let operations: [Operation] =
        PolicyOperations.all + WalletOperations.all + FundingOperations.all
        + PaymentOperations.all + EscrowOperations.all + ApprovalOperations.all
        + EventOperations.all + GroupOperations.all + AttemptOperations.all
        + RailGrantOperations.all + MessageOperations.all
        + WebhookOperations.all + AdministrationOperations.all

    public func owns(_ path: String) -> Bool {
        Self.isPath(path)
    }

    /// Whether a path is one of this dialect's.
    static func isPath(_ path: String) -> Bool {
        path.hasPrefix("/v1/")
    }

    public func match(_ request: HTTP.Request) -> RouteMatch<any Route> {
        router.match(request)
    }

    public func answer(_ failure: APIFailure, requestID: String) -> Response {
        var error: JSONObject = [
            "code": .string(failure.code), "message": .string(failure.message),
        ]
        for member in failure.details.members { error[member.key] = member.value }
        if !failure.problems.isEmpty {
            error["errors"] = .array(
                failure.problems.map { problem in
                    [
                        "field": .string(problem.field), "code": .string(problem.code),
                        "message": .string(problem.message),
                    ]
                }
            )
        }
        error["docs"] = .string("/docs#\(failure.code)")
        error["request_id"] = .string(requestID)
        error["outcome"] = .string(failure.outcome.rawValue)
        let body: JSONValue = ["error": .object(error)]
        var response = Response.json(status: failure.status, body.bytes())
        if failure.status == 401 { response.headers.add("WWW-Authenticate", "Bearer") }
        if let seconds = failure.retryAfterSeconds {
            response.headers.add("Retry-After", String(seconds))
        }
        return response
    }
}
