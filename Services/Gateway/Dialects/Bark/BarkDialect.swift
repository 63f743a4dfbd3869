public import GatewayCore
public import HTTP
import JSON

/// The API of barkd, as far as a wallet needs it: everything below `/api/v1`, and `/ping`.
public struct BarkDialect: Dialect {
    private let router = Operation.router(of: operations)

    /// Creates the dialect.
    public init() {}

    /// All operations, in the order of the documentation.
    static let operations: [Operation] = BarkSending.all + BarkWalletOperations.all

    public func owns(_ path: String) -> Bool {
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
        var response = Response.object(["message": .string(message)], status: status)
        if status == 401 { response.headers.add("WWW-Authenticate", "Bearer") }
        if let seconds = failure.retryAfterSeconds {
            response.headers.add("Retry-After", String(seconds))
        }
        return response
    }

    /// The schemas of its answers, by name.
    static let schemas: JSONObject = [
        "BarkMessage": Schema.answer(["message": string]),
        "BarkBalance": Schema.answer([
            "spendable_sat": satoshis, "pending_lightning_send_sat": satoshis,
            "claimable_lightning_receive_sat": satoshis, "pending_in_round_sat": satoshis,
            "pending_board_sat": satoshis, "pending_exit_sat": satoshis,
        ]),
        "BarkAddress": Schema.answer(["address": string]),
        "BarkInvoice": Schema.answer(["invoice": string]),
        "BarkReceive": Schema.answer([
            "amount_sat": satoshis, "payment_hash": string, "payment_preimage": string,
            "invoice": string, "htlc_vtxos": ["type": "array", "maxItems": 0],
            "preimage_revealed_at": Schema.optional(Schema.time),
            "finished_at": Schema.optional(Schema.time),
        ]),
        "BarkMovement": Schema.answer([
            "id": satoshis, "status": ["type": "string", "enum": BarkMovement.statuses],
            "subsystem": Schema.answer(["name": string, "kind": string]),
            "intended_balance_sat": ["type": "integer"],
            "effective_balance_sat": ["type": "integer"], "offchain_fee_sat": satoshis,
            "sent_to": ["type": "array", "items": recipient],
            "received_on": ["type": "array", "items": recipient],
            "input_vtxos": texts, "output_vtxos": texts, "exited_vtxos": texts,
            "time": Schema.answer(
                [
                    "created_at": Schema.time, "updated_at": Schema.time,
                    "completed_at": Schema.optional(Schema.time),
                ]
            ),
        ]),
    ]

    private static let string: JSONValue = ["type": "string"]
    private static let satoshis: JSONValue = ["type": "integer", "minimum": 0]
    private static let texts: JSONValue = ["type": "array", "items": string]

    private static let recipient = Schema.answer([
        "destination": Schema.answer(["type": string, "value": string]),
        "amount_sat": satoshis,
    ])
}
