import HTTP
import JSON
import Testing

@testable import Dialects

/// One field of an operation's body, as the operation itself describes it.
struct Field: CustomTestStringConvertible, Sendable {
    let operation: Operation
    let name: String
    let isRequired: Bool
    private let schema: JSONObject

    /// All fields of all bodies that are described as one object.
    static let all: [Field] = NativeDialect.operations.flatMap { operation -> [Field] in
        guard let body = operation.body?.objectValue,
            let properties = body["properties"]?.objectValue
        else { return [] }
        let required = (body["required"]?.arrayValue ?? []).compactMap(\.stringValue)
        return properties.members.map { property in
            Field(
                operation: operation,
                name: property.key,
                isRequired: required.contains(property.key),
                schema: bare(property.value)
            )
        }
    }

    var testDescription: String { "\(operation.id).\(name)" }

    /// A body that the operation takes.
    var goodBody: JSONObject {
        var body: JSONObject = [:]
        for field in Self.all where field.operation.id == operation.id && field.isRequired {
            body[field.name] = field.goodValue
        }
        return body
    }

    /// Values of other types, lengths and forms than the field's.
    var wrongValues: [JSONValue] {
        let all: [JSONValue] = [
            .bool(true), .integer(7), .string(""), .string("x\u{7}y"), .array([.integer(1)]),
            .object(["a": .integer(1)]), .string(String(repeating: "x", count: 20_000)),
        ]
        switch (schema["type"]?.stringValue, schema["pattern"]?.stringValue) {
        case (_, "^[0-9]{1,12}(\\.[0-9]{1,2})?$"):
            let texts = [
                "-1", "+1", "1e3", " 1", "1 ", ".5", "1.", "1.2.3", "1,5", "0", "0.00", "١", "１",
                "0x10", "1.0000000001", "9223372036854775808", "NaN", "Infinity",
            ]
            return all + texts.map { .string($0) }
        case ("integer", _):
            let isFromZero = schema["minimum"] == .integer(0)
            let texts =
                ["-1", "1.5", "1e2", "9223372036854775808"] + (isFromZero ? [] : ["0"])
            return all.filter { $0 != .integer(7) } + [.string("7")]
                + texts.compactMap { try? JSONValue(parsing: Array($0.utf8)) }
        case ("array", _):
            return all.filter { $0.arrayValue == nil } + [
                .array([.integer(1)]), .array([.string("")]),
                .array((0...1000).map { .string("x\($0)") }),
            ]
        case ("object", _):
            return all.filter { $0.objectValue == nil } + [.object(["EUR": .object([:])])]
        case ("boolean", _):
            return all.filter { $0 != .bool(true) } + [.string("true"), .integer(0)]
        default:
            // An empty text is good where the schema says so.
            let mayBeEmpty = schema["minLength"] == .integer(0)
            let isListed = schema["enum"] != nil || schema["format"] != nil
            return all.filter { !mayBeEmpty || $0 != .string("") }
                + (isListed ? [.string("other")] : [])
        }
    }

    private var goodValue: JSONValue {
        switch name {
        case "amount": "1.00"
        case "currency": "USDC"
        case "walletId": "wal_x"
        case "to", "value": "api.example.com"
        case "class": "auditor"
        case "type": "domain"
        case "fromWallet": "wal_x"
        case "proofType": "output_hash"
        case "decision": "refund"
        case "url": "https://example.com/hook"
        case "webhookId": "whe_x"
        default: "good"
        }
    }

    /// The schema of a field without the null that it may be.
    private static func bare(_ schema: JSONValue) -> JSONObject {
        let either = schema.objectValue?["anyOf"]?.arrayValue?.first ?? schema
        return either.objectValue ?? [:]
    }
}
