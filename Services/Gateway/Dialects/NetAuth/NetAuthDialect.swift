public import GatewayCore
public import HTTP
import JSON

/// The API of NetAuth: everything below `/api` that is not below `/api/v1`.
public struct NetAuthDialect: Dialect {
    public let name = "netauth"

    private let router = Operation.router(of: operations)

    /// Creates the dialect.
    public init() {}

    /// All operations, in the order of the documentation.
    static let operations: [Operation] = AgentOperations.all + AgentPaymentOperations.all

    public func owns(_ path: String) -> Bool {
        Self.isPath(path)
    }

    /// Whether a path is one of this dialect's.
    static func isPath(_ path: String) -> Bool {
        path.hasPrefix("/api/") && !path.hasPrefix("/api/v1/")
    }

    public func match(_ request: HTTP.Request) -> RouteMatch<any Route> {
        router.match(request)
    }

    public func answer(_ failure: APIFailure, requestID: String) -> Response {
        let problems = failure.problems.map { "\($0.field): \($0.message)" }
        let message = problems.isEmpty ? failure.message : problems.joined(separator: " ")
        var response = Response.object(["error": .string(message)], status: failure.status)
        if failure.status == 401 { response.headers.add("WWW-Authenticate", "Bearer") }
        if let seconds = failure.retryAfterSeconds {
            response.headers.add("Retry-After", String(seconds))
        }
        return response
    }

    /// The schemas of its answers, by name.
    static let schemas: JSONObject = [
        "NetAuthFailure": Schema.answer(["error": string]),
        "NetAuthAgent": Schema.answer([
            "id": string, "publicKey": string, "createdAt": Schema.time, "updatedAt": Schema.time,
            "isActive": Schema.boolean,
        ]),
        "NetAuthBalance": Schema.answer([
            "agentId": string, "balance": ["type": "integer"], "currency": string,
        ]),
        "NetAuthSent": Schema.answer([
            "paymentId": string, "status": string, "message": string,
        ]),
        "NetAuthBatchSent": Schema.answer([
            "paymentIds": ["type": "array", "items": string], "status": string, "message": string,
        ]),
        "NetAuthPayment": payment,
    ]

    private static let string: JSONValue = ["type": "string"]

    private static let payment = Schema.answer(
        [
            "id": string, "fromAgentId": string, "toAgentId": string,
            "amount": ["type": "integer"], "transactionSignature": Schema.optional(string),
            "status": Schema.choice(AgentPayment.Status.self), "memo": Schema.optional(string),
            "metadata": Schema.optional(["type": "object"]), "createdAt": Schema.time,
            "completedAt": Schema.optional(Schema.time), "privacyToken": ["type": "null"],
            "failureReason": string,
        ],
        optional: ["failureReason"]
    )
}
