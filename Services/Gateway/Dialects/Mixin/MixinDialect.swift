public import Contracts
public import GatewayCore
public import HTTP
import JSON

/// The API of Mixin, as far as payments need it.
///
/// Every failure below 500 travels with HTTP 202 and its code inside.
public struct MixinDialect: Dialect {
    public let name = "mixin"

    private let router = Operation.router(of: operations)

    /// Creates the dialect.
    public init() {}

    /// All operations, in the order of the documentation.
    static let operations: [Operation] =
        MixinPaymentOperations.all + MixinTransferOperations.all + MixinReadOperations.all

    public var takesSessions: Bool { true }

    public func owns(_ path: String) -> Bool {
        Self.isPath(path)
    }

    /// Whether a path is one of this dialect's.
    static func isPath(_ path: String) -> Bool {
        let first = path.split(separator: "/", maxSplits: 1).first ?? ""
        return path == "/payments"
            || ["codes", "transfers", "transactions", "assets", "users", "me"].contains(first)
    }

    public func match(_ request: HTTP.Request) -> RouteMatch<any Route> {
        router.match(request)
    }

    public func answer(_ failure: APIFailure, requestID: String) -> Response {
        let isFault = failure.status >= 500
        var error: JSONObject = [
            "status": .integer(isFault ? Int64(failure.status) : 202),
            "code": .integer(MixinCode.number(of: failure)),
            "description": .string(MixinCode.description(of: failure)),
        ]
        if let problem = failure.problems.first {
            error["extra"] = [
                "field": .string(problem.field), "reason": .string(problem.message),
            ]
        }
        var response = Response.object(
            ["error": .object(error)],
            status: isFault ? failure.status : 202
        )
        if let seconds = failure.retryAfterSeconds {
            response.headers.add("Retry-After", String(seconds))
        }
        return response
    }

    public func finish(_ response: inout Response, at now: Timestamp) {
        response.headers.add("X-Server-Time", String(now.rawValue) + "000000")
    }

    /// The schemas of its answers, by name.
    static let schemas: JSONObject = [
        "MixinFailure": Schema.answer([
            "error": Schema.answer(
                [
                    "status": integer, "code": integer, "description": string,
                    "extra": Schema.answer(["field": string, "reason": string]),
                ],
                optional: ["extra"]
            )
        ]),
        "MixinPayment": Schema.answer([
            "data": [
                "anyOf": [
                    Schema.answer([
                        "type": string, "trace_id": string, "asset_id": string, "amount": string,
                        "threshold": integer, "receivers": ["type": "array", "items": string],
                        "memo": string, "created_at": Schema.time, "status": status,
                        "code_id": string,
                    ]),
                    Schema.answer(
                        [
                            "recipient": user, "address": ["type": "object"], "asset": asset,
                            "amount": string, "status": status, "trace_id": string,
                        ],
                        optional: ["recipient", "address"]
                    ),
                ]
            ]
        ]),
        "MixinTransfer": Schema.answer(["data": transfer]),
        "MixinAsset": Schema.answer(["data": asset]),
        "MixinAssets": Schema.answer(["data": ["type": "array", "items": asset]]),
        "MixinUser": Schema.answer(["data": user]),
    ]

    private static let string: JSONValue = ["type": "string"]
    private static let integer: JSONValue = ["type": "integer"]
    private static let status: JSONValue = ["type": "string", "enum": ["paid", "pending"]]

    private static let user = Schema.answer([
        "type": string, "user_id": string, "identity_number": string, "full_name": string,
        "avatar_url": string, "relationship": string, "mute_until": Schema.time,
        "created_at": Schema.time, "is_verified": Schema.boolean,
    ])

    private static let asset = Schema.answer([
        "type": string, "asset_id": string, "chain_id": string, "symbol": string, "name": string,
        "icon_url": string, "balance": string, "destination": string, "tag": string,
        "price_btc": string, "price_usd": string,
    ])

    private static let transfer = Schema.answer(
        [
            "type": string, "snapshot_id": string, "opponent_id": string, "asset_id": string,
            "amount": string, "opening_balance": string, "closing_balance": string,
            "trace_id": string, "memo": string, "created_at": Schema.time,
            "opponent_multisig": ["type": "object"],
        ],
        optional: ["opening_balance", "closing_balance", "opponent_multisig"]
    )
}
