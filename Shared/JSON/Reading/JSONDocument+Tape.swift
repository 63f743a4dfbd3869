extension JSONDocument {
    /// Returns the value of an entry, and of those inside it.
    func value(at index: Int) -> JSONValue {
        let entry = tape[index]
        switch entry.kind {
        case .null: return .null
        case .bool: return .bool(bool(at: index))
        case .number: return .number(JSONNumber(checked: text(at: index)))
        case .string: return .string(text(at: index))
        case .array:
            var elements: [JSONValue] = []
            var position = index + 1
            while position < entry.end {
                elements.append(value(at: position))
                position = end(of: position)
            }
            return .array(elements)
        case .object:
            var members: [JSONObject.Member] = []
            var position = index + 1
            while position < entry.end {
                let value = value(at: position + 1)
                members.append(JSONObject.Member(key: text(at: position), value: value))
                position = end(of: position + 1)
            }
            return .object(JSONObject(distinct: members))
        }
    }

    /// Returns the index after a value.
    @inline(__always)
    func end(of index: Int) -> Int {
        Int(tape[index].end)
    }

    /// Returns the text of a string, key or number.
    func text(at index: Int) -> String {
        let entry = tape[index]
        return entry.isUnescaped
            ? String(decoding: unescaped[entry.textRange], as: UTF8.self)
            : String(decoding: input[entry.textRange], as: UTF8.self)
    }

    /// Returns whether the word `true` stands there.
    func bool(at index: Int) -> Bool {
        input[Int(tape[index].start)] == UInt8(ascii: "t")
    }

    /// Returns the exact integer, or `nil` when there is another value, a fraction, an exponent or
    /// a number too large.
    func integer<Integer: FixedWidthInteger>(at index: Int) -> Integer? {
        let entry = tape[index]
        guard entry.kind == .number else { return nil }
        return NumberGrammar.integer(input.span.extracting(entry.textRange))
    }

    /// Returns the index of a key's value in the object at an index, or `nil` when there is none.
    func index(of key: String, in object: Int) -> Int? {
        let entry = tape[object]
        guard entry.kind == .object else { return nil }
        return index(of: key, from: object + 1, to: Int(entry.end))
    }

    /// Returns the index of a key's value among the members between two indices.
    func index(of key: String, from start: Int, to end: Int) -> Int? {
        let wanted = key.utf8Span.span
        var position = start
        while position < end {
            if isKey(at: position, equalTo: wanted) { return position + 1 }
            position = self.end(of: position + 1)
        }
        return nil
    }

    private func isKey(at index: Int, equalTo wanted: Span<UInt8>) -> Bool {
        let entry = tape[index]
        guard Int(entry.length) == wanted.count else { return false }
        let text = entry.isUnescaped ? unescaped.span : input.span
        let start = Int(entry.start)
        for offset in 0..<wanted.count where text[start + offset] != wanted[offset] {
            return false
        }
        return true
    }

    /// Returns the keys and positions that lead from the document to the value at an index.
    func path(to index: Int) -> [any CodingKey] {
        var keys: [any CodingKey] = []
        var position = 0
        while position != index {
            let isObject = tape[position].kind == .object
            var child = isObject ? position + 2 : position + 1
            var number = 0
            while index >= end(of: child) {
                child = isObject ? end(of: child) + 1 : end(of: child)
                number += 1
            }
            keys.append(isObject ? PathKey(text(at: child - 1)) : PathKey(number))
            position = child
        }
        return keys
    }
}
