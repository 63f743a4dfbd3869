import Contracts
import JSON
import Webhooks

/// The pieces of which the OpenAPI document's schemas are made.
enum Schema {
    /// A query parameter.
    struct Parameter {
        var name: String
        var schema: JSONValue
        var summary: String
        var isRequired = false
    }

    static let assetCodes = Asset.all.map(\.rawValue).joined(separator: ", ")

    /// Positive decimal texts: digits with at most one point, in the greatest form of any asset.
    static let amount: JSONValue = [
        "type": "string", "pattern": #"^[0-9]{1,14}(\.[0-9]{1,9})?$"#,
        "not": ["pattern": #"^0+(\.0+)?$"#], "examples": ["2.50"],
        "description": .string(
            "At most 9007199254740991 minor units of the asset: "
                + Asset.all.map {
                    let most = Money(minorUnits: .largestPayment, asset: $0).text
                    return "\($0.rawValue) has \($0.places) places, at most \(most)"
                }.joined(separator: "; ")
        ),
    ]

    /// A limit of a policy, which can be more than one payment.
    static let limit: JSONValue = [
        "type": "string", "pattern": #"^[0-9]{1,17}(\.[0-9]{1,9})?$"#,
        "not": ["pattern": #"^0+(\.0+)?$"#], "examples": ["100.00"],
        "description": "At most 9223372036854775807 minor units of the asset",
    ]

    /// Decimal texts in answers.
    static let decimal: JSONValue = ["type": "string", "pattern": #"^[0-9]+\.[0-9]{2,}$"#]

    static let currency: JSONValue = [
        "type": "string", "enum": .array(Asset.all.map { .string($0.rawValue) }),
    ]

    /// What can be paid: what the parser of destinations takes.
    ///
    /// Their forms have checksums and fields that no pattern can say.
    static let destination: JSONValue = [
        "type": "string", "minLength": 1, "maxLength": 16384,
        "pattern": #"^[^\x00-\x1f\x7f]+$"#,
        "description": """
        A wallet, an agent's name, a domain, an invoice, an offer, an LNURL, a Lightning address, \
        an Ark, bitcoin or Solana address, a phone number or a UUID; at most 16 KiB
        """,
        "examples": [
            "api.perplexity.ai", "agent_research_v2", "+27821231234", "alice@example.com",
            "c6d0c728-2624-429b-8e0d-d9d19b6592fa", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
            "lno1zcss9mk8y3wkklfvevcrszlmu23kfrxh49px20665dqwmn4p72pksese",
            "11111111111111111111111111111111",
        ],
    ]

    static let time: JSONValue = ["type": "string", "format": "date-time"]

    static let boolean: JSONValue = ["type": "boolean"]

    /// A text without control characters.
    static func text(_ lengths: ClosedRange<Int> = 1...200) -> JSONValue {
        [
            "type": "string", "minLength": .integer(Int64(lengths.lowerBound)),
            "maxLength": .integer(Int64(lengths.upperBound)),
            "pattern": #"^[^\x00-\x1f\x7f-\x9f]*$"#,
        ]
    }

    /// An idempotency key, of which something can be seen.
    static let key: JSONValue = visible(
        1...255,
        "At most 255 bytes, of which something can be seen"
    )

    /// A name by which a repeat is known, as a key.
    static let repeatName: JSONValue = visible(1...200, "Something of it can be seen")

    private static func visible(_ lengths: ClosedRange<Int>, _ words: String) -> JSONValue {
        var schema = text(lengths).objectValue ?? [:]
        schema["not"] = ["pattern": #"^\s*$"#]
        schema["description"] = .string(words)
        return .object(schema)
    }

    static func texts(_ count: Int, _ lengths: ClosedRange<Int> = 1...200) -> JSONValue {
        ["type": "array", "maxItems": .integer(Int64(count)), "items": text(lengths)]
    }

    /// The URL of somebody else's server.
    static let url: JSONValue = [
        "type": "string", "pattern": .string(ServerURL.pattern),
        "maxLength": .integer(Int64(ServerURL.maximumLength)),
    ]

    static func identifier(_ prefix: String) -> JSONValue {
        ["type": "string", "pattern": .string("^\(prefix)_[A-Za-z0-9_-]{1,64}$")]
    }

    static func integer(_ bounds: ClosedRange<Int64>) -> JSONValue {
        [
            "type": "integer", "minimum": .integer(bounds.lowerBound),
            "maximum": .integer(bounds.upperBound),
        ]
    }

    static func choice<Choice: RawRepresentable & CaseIterable>(
        _ type: Choice.Type
    ) -> JSONValue where Choice.RawValue == String {
        ["type": "string", "enum": .array(Choice.allCases.map { .string($0.rawValue) })]
    }

    /// The same schema, or null.
    static func optional(_ schema: JSONValue) -> JSONValue {
        ["anyOf": [schema, ["type": "null"]]]
    }

    static func object(
        _ properties: JSONObject,
        required: [String] = [],
        minimum: Int = 0
    ) -> JSONValue {
        var object: JSONObject = ["type": "object", "properties": .object(properties)]
        if !required.isEmpty { object["required"] = .array(required.map { .string($0) }) }
        if minimum > 0 { object["minProperties"] = .integer(Int64(minimum)) }
        return .object(object)
    }

    /// An object that shapes money: other fields than these are refused (API.md, section 0).
    static func closed(_ properties: JSONObject, required: [String] = []) -> JSONValue {
        var object = object(properties, required: required).objectValue ?? [:]
        object["additionalProperties"] = false
        return .object(object)
    }

    /// Whether a body's schema, and every alternative of it, has no other fields.
    static func isClosed(_ schema: JSONValue) -> Bool {
        guard let object = schema.objectValue else { return false }
        if let alternatives = object["anyOf"]?.arrayValue {
            return alternatives.allSatisfy(isClosed)
        }
        return object["additionalProperties"] == .bool(false)
    }

    /// An object of answers: what is listed is always there.
    static func answer(_ properties: JSONObject, optional: [String] = []) -> JSONValue {
        object(
            properties,
            required: properties.members.map(\.key).filter { !optional.contains($0) }
        )
    }

    static func list(of name: String) -> JSONValue {
        answer([
            "data": ["type": "array", "items": reference(name)],
            "has_more": boolean,
            "next_cursor": ["type": ["string", "null"]],
        ])
    }

    static func reference(_ name: String) -> JSONValue {
        ["$ref": .string("#/components/schemas/\(name)")]
    }

    /// The parameters of a list.
    static let page = [
        Parameter(
            name: "limit",
            schema: integer(1...100),
            summary: "How many rows; 20 by default."
        ),
        Parameter(
            name: "cursor",
            schema: ["type": "string", "pattern": .string(Cursor.pattern)],
            summary: "The next_cursor of the page before, of the same list and filters."
        ),
    ]
}
