import GatewayCore
import HTTP
import JSON

/// The examples of the document: of each body and of each answer.
enum Example {
    private static let maker = ExampleMaker(schemas: OpenAPI.schemas)

    /// An example of an operation's body.
    static func body(of operation: Operation) -> JSONValue {
        ExampleReference.body(of: operation.id)
            ?? maker.example(of: operation.body ?? .null, isWhole: false)
    }

    /// An example of an operation's answer: what a client gets that reads it back whole, or what
    /// goes wrong most often with a status.
    static func answer(
        of operation: Operation,
        _ status: Int,
        _ schema: JSONValue
    ) -> JSONValue {
        if operation.mediaType == "text/event-stream", status == 200 { return .string(stream) }
        if operation.mediaType == "text/plain", status == 200 { return "pong" }
        if schema == Schema.reference("Failure") { return failure(status) }
        return maker.example(of: schema)
    }

    private static let stream = """
        id: 42
        event: wallet.frozen
        data: {"event_id":"evt_01kqcf1800q6bfw37yyfqvhcm7_frozen_1","sequence":42,\
        "type":"wallet.frozen","timestamp":"2026-04-29T12:00:00.000Z","data":{}}


        """

    /// An error of the native API with a status.
    private static func failure(_ status: Int) -> JSONValue {
        let (code, message) = errors[status] ?? ("internal", "A fault of the platform.")
        var error: JSONObject = ["code": .string(code), "message": .string(message)]
        if status == 400 {
            error["errors"] = [
                ["field": "amount", "code": "zero", "message": "It must be more than zero."]
            ]
        }
        error["docs"] = .string("/docs#\(code)")
        error["request_id"] = .string("req_" + ExampleReference.identifier)
        error["outcome"] = status == 500 ? "unknown" : "not_applied"
        return ["error": .object(error)]
    }

    private static let errors: [Int: (String, String)] = [
        400: ("invalid_request", "amount: It must be more than zero."),
        401: ("unauthorized", "The key is not known."),
        403: ("forbidden", "A key of class auditor may not do this."),
        404: ("not_found", "There is no such object."),
        409: ("idempotency_conflict", "The key stands for another request."),
        413: ("too_large", "The body is larger than this route allows."),
        415: ("unsupported_media_type", "Send the body as application/json in UTF-8."),
        422: ("insufficient_funds", "The wallet has too little; fund it, then pay with a new key."),
        429: ("rate_limited", "Too many requests; see Retry-After."),
        503: ("overloaded", "The service cannot be reached now; repeat the request."),
    ]
}
