import JSON

/// An object of the API for people: a line for each member, a table for a list of objects.
enum ObjectLines {
    /// The lines of an object's members, in the order of the answer.
    static func lines(of object: JSONObject, on console: Console) -> [String] {
        let members = flat(object)
        let plain = members.filter { !isTable($0.value) }
        let width = plain.map { PlainText.width($0.key) }.max() ?? 0
        var lines = plain.map { member in
            let space = String(repeating: " ", count: max(0, width - member.key.utf8.count))
            let style: Table.Style = isStatus(member.key) ? .status : .text
            let text = PlainText.printable(self.text(of: member.value))
            return console.bold(member.key) + space + "  " + console.paint(text, style)
        }
        for member in members where isTable(member.value) {
            lines += ["", console.bold(member.key)]
            lines += console.lines(of: table(of: member.value.arrayValue ?? [])).map { "  " + $0 }
        }
        return lines
    }

    /// The members, with those of inner objects under names with dots.
    private static func flat(_ object: JSONObject) -> [JSONObject.Member] {
        object.members.flatMap { member in
            guard let inner = member.value.objectValue, !inner.isEmpty,
                inner.members.contains(where: {
                    !Field.assets.contains($0.key) || $0.value.objectValue != nil
                })
            else { return [member] }
            return flat(inner).map {
                JSONObject.Member(key: member.key + "." + $0.key, value: $0.value)
            }
        }
    }

    /// A value in one line.
    static func text(of value: JSONValue?) -> String {
        switch value {
        case nil, .null: return "-"
        case .bool(let isTrue): return isTrue ? "yes" : "no"
        case .string(let text): return text
        case .number(let number): return number.text
        case .array(let values):
            return values.isEmpty ? "-" : values.map { text(of: $0) }.joined(separator: ", ")
        case .object(let object):
            if object.isEmpty { return "-" }
            return object.members.map { member in
                Field.assets.contains(member.key) && member.value.stringValue != nil
                    ? "\(text(of: member.value)) \(member.key)"
                    : "\(member.key) \(text(of: member.value))"
            }.joined(separator: ", ")
        }
    }

    /// The member that a path with dots names; the first that is there of those with bars between.
    static func text(at path: String, of value: JSONValue) -> String {
        for name in path.split(separator: "|") {
            let found = name.split(separator: ".").reduce(Optional(value)) {
                (inner: JSONValue?, key) -> JSONValue? in
                if let values = inner?.arrayValue {
                    return key == "last" ? values.last : .integer(Int64(values.count))
                }
                return inner?[String(key)]
            }
            if let found, !found.isNull { return text(of: found) }
        }
        return "-"
    }

    /// A text in which `{a.b}` stands for a member of a value.
    static func text(filling template: String, with value: JSONValue) -> String {
        var text = ""
        var rest = template[...]
        while let start = rest.firstIndex(of: "{"), let end = rest[start...].firstIndex(of: "}") {
            text += rest[..<start]
            text += self.text(at: String(rest[rest.index(after: start)..<end]), of: value)
            rest = rest[rest.index(after: end)...]
        }
        return text + rest
    }

    /// A list of objects is a table.
    private static func isTable(_ value: JSONValue) -> Bool {
        guard let values = value.arrayValue, !values.isEmpty else { return false }
        return values.allSatisfy { $0.objectValue != nil }
    }

    private static func isStatus(_ key: String) -> Bool {
        ["status", "state", "decision", "passed"].contains(key)
    }

    private static func table(of values: [JSONValue]) -> Table {
        var keys: [String] = []
        for value in values {
            for member in value.objectValue?.members ?? [] where !keys.contains(member.key) {
                keys.append(member.key)
            }
        }
        var table = Table(keys.map { ($0, isStatus($0) ? .status : .text) })
        for value in values { table.add(keys.map { text(of: value[$0]) }) }
        return table
    }
}
