import JSON

/// Makes an example of what a schema describes: from the schema itself, and from what properties of
/// a name look like.
///
/// A test holds each example against its schema.
struct ExampleMaker {
    /// How deep objects are described.
    private static let depth = 16

    /// The schemas of the document, by name.
    let schemas: JSONObject

    /// An example of a schema: every property of it, or those alone that are always there.
    func example(
        of schema: JSONValue,
        named name: String = "",
        isWhole: Bool = false,
        depth: Int = ExampleMaker.depth
    ) -> JSONValue {
        guard depth > 0, let object = schema.objectValue else { return .null }
        if let reference = object["$ref"]?.stringValue {
            let target = reference.split(separator: "/").last.map { String($0) } ?? ""
            return example(
                of: schemas[target] ?? .null,
                named: name,
                isWhole: isWhole,
                depth: depth - 1
            )
        }
        if let known = known(object, name) { return known }
        if let alternatives = object["anyOf"]?.arrayValue {
            let first = alternatives.first { $0.objectValue?["type"] != "null" }
            return example(of: first ?? .null, named: name, isWhole: isWhole, depth: depth - 1)
        }
        switch type(of: object) {
        case "object": return members(of: object, named: name, isWhole, depth)
        case "array":
            guard object["maxItems"] != .integer(0), let items = object["items"] else { return [] }
            return [example(of: items, named: name, isWhole: isWhole, depth: depth - 1)]
        case "integer", "number": return object["minimum"] ?? .integer(1)
        case "boolean": return false
        case "string": return .string(text(of: object))
        default: return .null
        }
    }

    /// What the schema says itself, or what properties of this name look like.
    private func known(_ schema: JSONObject, _ name: String) -> JSONValue? {
        if let own = schema["examples"]?.arrayValue?.first { return own }
        let value = ExampleReference.value(of: name)
        if let choices = schema["enum"]?.arrayValue {
            if let value, choices.contains(value) { return value }
            return choices.first
        }
        guard let value, schema["anyOf"] == nil else { return nil }
        let type = type(of: schema)
        let fits =
            switch value {
            case .string: type == "string" && schema["format"] == nil && fits(value, schema)
            case .number: type == "integer" || type == "number"
            case .bool: type == "boolean"
            default: false
            }
        if !fits { return nil }
        return value
    }

    /// Whether a text begins as a schema's identifiers do.
    private func fits(_ value: JSONValue, _ schema: JSONObject) -> Bool {
        guard let prefix = prefix(of: schema), let text = value.stringValue else { return true }
        return text.hasPrefix(prefix)
    }

    /// How identifiers of a schema begin: `^wal_[…`.
    private func prefix(of schema: JSONObject) -> String? {
        guard let pattern = schema["pattern"]?.stringValue, pattern.hasPrefix("^"),
            let end = pattern.firstIndex(of: "_"), pattern.contains("_[A-Za-z0-9_-]{1,64}$")
        else { return nil }
        return pattern[pattern.index(after: pattern.startIndex)...end].description
    }

    private func type(of schema: JSONObject) -> String {
        if let type = schema["type"]?.stringValue { return type }
        let types = schema["type"]?.arrayValue?.compactMap(\.stringValue) ?? []
        return types.first { $0 != "null" } ?? "null"
    }

    private func members(
        of schema: JSONObject,
        named name: String,
        _ isWhole: Bool,
        _ depth: Int
    ) -> JSONValue {
        let required = schema["required"]?.arrayValue?.compactMap(\.stringValue) ?? []
        var members = JSONObject()
        for property in schema["properties"]?.objectValue?.members ?? []
        where isWhole || required.contains(property.key) {
            members[property.key] = example(
                of: property.value,
                named: property.key,
                isWhole: isWhole,
                depth: depth - 1
            )
        }
        if members.members.isEmpty, let inner = schema["additionalProperties"],
            inner.objectValue != nil
        {
            members["USDC"] = example(of: inner, named: "amount", isWhole: true, depth: depth - 1)
        }
        return .object(members)
    }

    private func text(of schema: JSONObject) -> String {
        switch schema["format"]?.stringValue {
        case "date-time": return "2026-04-29T12:00:00.000Z"
        case "uuid": return "c6d0c728-2624-429b-8e0d-d9d19b6592fa"
        default: break
        }
        if let prefix = prefix(of: schema) { return prefix + ExampleReference.identifier }
        let pattern = schema["pattern"]?.stringValue ?? ""
        if pattern == Schema.decimal.objectValue?["pattern"]?.stringValue { return "2.50" }
        return "text"
    }
}
