import GatewayCore
import HTTP
public import JSON

/// The description of the API, made of the operations that serve it.
public enum OpenAPI {
    /// The OpenAPI 3.1 document of a version, with the commit that it was built from if known.
    public static func document(of version: String = "0", _ commit: String = "") -> JSONValue {
        var paths: JSONObject = [:]
        for operation in operations {
            var path = paths[operation.path]?.objectValue ?? [:]
            path[operation.method.text.lowercased()] = description(of: operation)
            paths[operation.path] = .object(path)
        }
        return [
            "openapi": "3.1.0",
            "info": .object(information(version, commit)),
            "security": [["key": []]],
            "tags": .array(
                OperationReference.groups.map { group in
                    ["name": .string(group.name), "description": .string(group.meaning)]
                }
            ),
            "paths": described(.object(paths)),
            "components": [
                "securitySchemes": ["key": ["type": "http", "scheme": "bearer"]],
                "schemas": described(.object(schemas)),
            ],
        ]
    }

    private static func information(_ version: String, _ commit: String) -> JSONObject {
        var information: JSONObject = [
            "title": "Pursestrings",
            "version": .string(version),
            "description": "Give your agents a purse, and hold the strings.",
        ]
        if !commit.isEmpty { information["x-commit"] = .string(commit) }
        return information
    }

    /// All operations of all dialects.
    static let operations =
        NativeDialect.operations + NetAuthDialect.operations + MixinDialect.operations
        + BarkDialect.operations + SixDot50Dialect.operations

    static let schemas = JSONObject(
        AnswerSchemas.all.members + NetAuthDialect.schemas.members + MixinDialect.schemas.members
            + BarkDialect.schemas.members + SixDot50Dialect.schemas.members
    )

    /// The same with a description of each property that has none of its own.
    private static func described(_ value: JSONValue) -> JSONValue {
        if let elements = value.arrayValue { return .array(elements.map(described)) }
        guard let object = value.objectValue else { return value }
        var result: JSONObject = [:]
        for member in object.members {
            result[member.key] =
                member.key == "properties"
                ? properties(member.value) : described(member.value)
        }
        return .object(result)
    }

    private static func properties(_ value: JSONValue) -> JSONValue {
        guard let object = value.objectValue else { return value }
        var result: JSONObject = [:]
        for member in object.members {
            var schema = described(member.value).objectValue ?? [:]
            if schema["description"] == nil,
                let meaning = PropertyReference.meaning(of: member.key)
            {
                schema["description"] = .string(meaning)
            }
            result[member.key] = .object(schema)
        }
        return .object(result)
    }

    /// The dialects besides the native one, by their paths, with the schemas of their failures.
    private static let failures: [(isPath: @Sendable (String) -> Bool, schema: String)] = [
        (NetAuthDialect.isPath, "NetAuthFailure"), (MixinDialect.isPath, "MixinFailure"),
        (BarkDialect.isPath, "BarkMessage"), (SixDot50Dialect.isPath, "SixDot50Failure"),
    ]

    /// What goes wrong with an operation, by status: in Mixin's dialect all below 500 is a 202.
    private static func failures(of operation: Operation) -> [Int: JSONValue] {
        let found = failures.first { $0.isPath(operation.path) }
        let schema = Schema.reference(found?.schema ?? "Failure")
        var statuses =
            MixinDialect.isPath(operation.path)
            ? [202, 500, 503] : [400, 401, 403, 404, 413, 415, 429, 500, 503]
        // A key may stand for another request.
        if operation.method != .get, !MixinDialect.isPath(operation.path) { statuses.append(409) }
        var schemas = Dictionary(uniqueKeysWithValues: statuses.map { ($0, schema) })
        if BarkDialect.isPath(operation.path) { schemas[404] = Schema.reference("BarkNotFound") }
        return schemas
    }

    private static func description(of operation: Operation) -> JSONValue {
        var object: JSONObject = [
            "operationId": .string(operation.id),
            "tags": [.string(OperationReference.group(of: operation))],
            "summary": .string(operation.summary),
            "description": .string(OperationReference.description(of: operation)),
        ]
        let parameters =
            pathParameters(of: operation) + operation.query.map(parameter)
            + (operation.takesKey ? [keyParameter] : [])
        if !parameters.isEmpty { object["parameters"] = .array(parameters) }
        if let body = operation.body {
            let content: JSONValue = ["schema": body, "example": Example.body(of: operation)]
            object["requestBody"] = [
                "required": .bool(!operation.isBodyOptional),
                "content": ["application/json": content],
            ]
        }
        var answers: JSONObject = [:]
        if operation.classes.isEmpty { object["security"] = [] }
        for (status, schema) in allAnswers(of: operation) {
            var answer: JSONObject = ["description": .string(meaning(of: status))]
            if schema != .null {
                let type = status == 200 ? operation.mediaType : "application/json"
                let example = Example.answer(of: operation, status, schema)
                answer["content"] = .object([type: ["schema": schema, "example": example]])
            }
            if [429, 503].contains(status) { answer["headers"] = retryAfter }
            answers[String(status)] = .object(answer)
        }
        object["responses"] = .object(answers)
        return .object(object)
    }

    /// The schemas of an operation's answers with those of what goes wrong, by status.
    static func allAnswers(of operation: Operation) -> [(Int, JSONValue)] {
        operation.answers.merging(failures(of: operation)) { own, _ in own }
            .sorted { $0.key < $1.key }
    }

    /// The header by which a repeat is recognised.
    private static let keyParameter: JSONValue = [
        "name": "Idempotency-Key", "in": "header", "required": false,
        "description": """
        Identifies this request: a repeat with the same key gets the first outcome, marked \
        Idempotent-Replayed: true. Different content with the same key is 409. A body's \
        idempotencyKey says the same.
        """,
        "schema": [
            "type": "string", "minLength": 1, "maxLength": 255,
            "pattern": #"^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$"#,
        ],
        "example": "order-42",
    ]

    private static let retryAfter: JSONValue = [
        "Retry-After": [
            "description": "The seconds after which to repeat the request.",
            "schema": ["type": "integer", "minimum": 1],
        ]
    ]

    private static func parameter(_ parameter: Schema.Parameter) -> JSONValue {
        [
            "name": .string(parameter.name), "in": "query", "required": .bool(parameter.isRequired),
            "description": .string(parameter.summary), "schema": parameter.schema,
        ]
    }

    private static func pathParameters(of operation: Operation) -> [JSONValue] {
        operation.path.split(separator: "/").filter { $0.hasPrefix("{") }.map { segment in
            let name = String(segment.dropFirst().dropLast())
            let prefixes = [
                "wallet_id": "wal", "policy_id": "pol", "tx_id": "tx", "approval_id": "apr",
                "destination_id": "dst", "key_id": "key", "webhook_id": "whe", "event_id": "evt",
                "escrow_id": "escrow", "group_id": "grp", "release_id": "rel",
                "organisation_id": "org",
            ]
            let schema: JSONValue =
                switch name {
                case "agentId": AgentOperations.name
                case "index", "movement_id": Schema.integer(0...Int64(Int32.max))
                case "vtxo_id": ["type": "string"]
                case "identifier":
                    ["type": "string", "pattern": "^([0-9a-fA-F]{64}|ln[a-z0-9]{1,200})$"]
                case "batchId", "payoutId", "id", "trace_id": ["type": "string", "format": "uuid"]
                case "msisdn": PayoutOperations.phone
                case "message_id": MessageOperations.identifier
                case "paymentId": Schema.identifier("pay")
                case "rail": RailGrantOperations.railName
                default: Schema.identifier(prefixes[name] ?? name)
                }
            return ["name": .string(name), "in": "path", "required": true, "schema": schema]
        }
    }

    private static func meaning(of status: Int) -> String {
        switch status {
        case 200: "Done."
        case 201: "Created."
        case 202: "Accepted; its outcome is still open."
        case 400: "The request is malformed or a field is invalid."
        case 401: "The key is missing, unknown or revoked."
        case 402: "The wallet's policy denies the payment."
        case 403: "The key may not do this."
        case 404: "There is no such object for this key."
        case 409: "It conflicts with the current state."
        case 413: "The body is too large."
        case 415: "The body is not application/json."
        case 422: "It is well-formed, but cannot be carried out; the code says why."
        case 429: "Too many requests, streams or wrong keys; see Retry-After."
        case 500: "A fault of the platform."
        default: "The platform is overloaded; repeat later."
        }
    }
}
