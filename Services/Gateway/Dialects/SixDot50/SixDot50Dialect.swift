public import GatewayCore
public import HTTP
import JSON

/// The API of 6DOT50: batches of payouts to phone numbers.
public struct SixDot50Dialect: Dialect {
    public let name = "sixdot50"

    private let router = Operation.router(of: operations)

    /// Creates the dialect.
    public init() {}

    /// All operations, in the order of the documentation.
    static let operations: [Operation] =
        AccountOperations.all + BatchOperations.all + PayoutOperations.all

    public func owns(_ path: String) -> Bool {
        Self.isPath(path)
    }

    /// Whether a path is one of this dialect's.
    static func isPath(_ path: String) -> Bool {
        let first = path.split(separator: "/", maxSplits: 1).first ?? ""
        return ["authentication", "batches", "accounts", "members"].contains(first)
            || path.hasPrefix("/payments/")
    }

    public func match(_ request: HTTP.Request) -> RouteMatch<any Route> {
        router.match(request)
    }

    public func answer(_ failure: APIFailure, requestID: String) -> Response {
        let failures =
            failure.problems.isEmpty
            ? [PayoutFailure(message: failure.message)]
            : failure.problems.map {
                PayoutFailure(
                    message: $0.message,
                    field: PayoutFailure.pascalCase($0.field),
                    value: $0.value
                )
            }
        var response = PayoutFailure.response(failures, status: Self.status(of: failure))
        if failure.status == 401 { response.headers.add("WWW-Authenticate", "Bearer") }
        if let seconds = failure.retryAfterSeconds {
            response.headers.add("Retry-After", String(seconds))
        }
        return response
    }

    /// What stands in the way is a 400 here.
    private static func status(of failure: APIFailure) -> Int {
        [402, 409, 422].contains(failure.status) ? 400 : failure.status
    }

    /// The schemas of its answers, by name.
    static let schemas: JSONObject = [
        "SixDot50Failure": [
            "type": "array",
            "items": Schema.answer([
                "errorMessage": string, "fieldName": string, "fieldValue": string,
            ]),
        ],
        "SixDot50Token": Schema.answer(
            ["success": Schema.boolean, "token": string, "expiresAt": Schema.time],
            optional: ["token", "expiresAt"]
        ),
        "SixDot50Batch": Schema.answer(
            [
                "id": string, "name": string, "statusCode": string, "externalId": string,
                "createdAt": string, "summary": summary,
                "payments": ["type": "array", "items": Schema.reference("SixDot50Payment")],
            ],
            optional: ["externalId", "summary", "payments"]
        ),
        "SixDot50Payment": Schema.answer(
            [
                "id": string, "batchId": string, "msisdn": string, "amount": number,
                "firstname": string, "lastname": string, "externalId": string,
                "statusCode": string, "settledAt": string, "isMember": Schema.boolean,
                "referralAmount": number, "referralMsisdn": string, "createdAt": string,
            ],
            optional: [
                "firstname", "lastname", "externalId", "settledAt", "referralAmount",
                "referralMsisdn",
            ]
        ),
        "SixDot50Account": Schema.answer([
            "id": string, "name": string, "shortName": string, "createdAt": string,
            "active": Schema.boolean, "balance": number, "availableBalance": number,
            "currencyCode": string,
        ]),
    ]

    private static let string: JSONValue = ["type": "string"]
    private static let number: JSONValue = ["type": "number"]
    private static let count: JSONValue = ["type": "integer"]

    private static let summary = Schema.answer([
        "paymentsAmount": number, "paymentsCount": count, "referralsAmount": number,
        "settledAmount": number, "settledCount": count, "cancelledAmount": number,
        "cancelledCount": count,
    ])
}
