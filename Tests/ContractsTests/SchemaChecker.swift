import JSON

/// Holds a value against a schema of the AsyncAPI document, which uses a small part of JSON Schema.
///
/// A keyword that it does not know is a finding, so that nothing is believed to be checked that is
/// not.
struct SchemaChecker {
    /// The schemas that references lead to.
    let schemas: JSONObject

    private static let annotations: Set<String> = ["description", "title", "examples"]

    /// Returns what is wrong with a value, each finding with its path.
    func findings(_ value: JSONValue, _ schema: JSONValue, at path: String = "") -> [String] {
        guard let schema = schema.objectValue else { return ["\(path): the schema is no object"] }
        var findings: [String] = []
        for member in schema.members where !Self.annotations.contains(member.key) {
            findings += check(value, member, of: schema, at: path)
        }
        return findings
    }

    private func check(
        _ value: JSONValue,
        _ rule: JSONObject.Member,
        of schema: JSONObject,
        at path: String
    ) -> [String] {
        switch rule.key {
        case "$ref": return follow(rule.value, value, at: path)
        case "allOf":
            return (rule.value.arrayValue ?? []).flatMap { findings(value, $0, at: path) }
        case "oneOf":
            let fitting = (rule.value.arrayValue ?? []).filter {
                findings(value, $0, at: path).isEmpty
            }
            return fitting.count == 1 ? [] : ["\(path): it fits \(fitting.count) of the forms"]
        case "type": return rule.value == .string(kind(of: value)) ? [] : ["\(path): another type"]
        case "const": return rule.value == value ? [] : ["\(path): another constant"]
        case "enum":
            return rule.value.arrayValue?.contains(value) == true ? [] : ["\(path): not listed"]
        case "properties", "required", "additionalProperties":
            return checkMembers(value, rule, of: schema, at: path)
        case "items":
            return (value.arrayValue ?? []).enumerated().flatMap { index, element in
                findings(element, rule.value, at: "\(path)[\(index)]")
            }
        case "maxItems": return atMost(value.arrayValue?.count, rule.value, at: path)
        case "maxLength":
            return atMost(value.stringValue?.unicodeScalars.count, rule.value, at: path)
        case "maximum": return atMost(integer(value).map { Int($0) }, rule.value, at: path)
        case "minimum", "minLength":
            let number = integer(value) ?? value.stringValue.map { Int64($0.unicodeScalars.count) }
            return number ?? .max >= integer(rule.value) ?? .max ? [] : ["\(path): too small"]
        case "pattern":
            guard let text = value.stringValue, let pattern = rule.value.stringValue,
                let expression = try? Regex(pattern), text.contains(expression)
            else { return ["\(path): another form"] }
            return []
        default: return ["\(path): the keyword \(rule.key) is not known here"]
        }
    }

    private func checkMembers(
        _ value: JSONValue,
        _ rule: JSONObject.Member,
        of schema: JSONObject,
        at path: String
    ) -> [String] {
        guard let object = value.objectValue else { return [] }
        let properties = schema["properties"]?.objectValue ?? [:]
        switch rule.key {
        case "properties":
            return properties.members.flatMap { property in
                object[property.key].map {
                    findings($0, property.value, at: path + "." + property.key)
                } ?? []
            }
        case "required":
            return (rule.value.arrayValue ?? []).compactMap(\.stringValue)
                .filter { object[$0] == nil }.map { "\(path).\($0): missing" }
        default:
            let others = object.members.filter { properties[$0.key] == nil }
            if rule.value == .bool(false) {
                return others.map { "\(path).\($0.key): not described" }
            }
            return others.flatMap { findings($0.value, rule.value, at: path + "." + $0.key) }
        }
    }

    private func follow(_ reference: JSONValue, _ value: JSONValue, at path: String) -> [String] {
        let start = "#/components/schemas/"
        guard let text = reference.stringValue, text.hasPrefix(start),
            let schema = schemas[String(text.dropFirst(start.count))]
        else { return ["\(path): the reference leads nowhere"] }
        return findings(value, schema, at: path)
    }

    private func atMost(_ count: Int?, _ limit: JSONValue, at path: String) -> [String] {
        guard let count, let limit = integer(limit), Int64(count) <= limit else {
            return ["\(path): too large"]
        }
        return []
    }

    private func integer(_ value: JSONValue) -> Int64? {
        guard case .number(let number) = value else { return nil }
        return number.integer
    }

    private func kind(of value: JSONValue) -> String {
        switch value {
        case .null: "null"
        case .bool: "boolean"
        case .number: integer(value) == nil ? "number" : "integer"
        case .string: "string"
        case .array: "array"
        case .object: "object"
        }
    }
}
