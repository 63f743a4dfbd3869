extension JSONValue {
    /// Returns the document without white space, members in order.
    public func bytes() -> [UInt8] {
        var output = TextBuffer()
        output.write(self)
        return output.bytes
    }

    /// Returns the document for people: two spaces per level, and a line break at the end.
    public func prettyBytes() -> [UInt8] {
        var output = TextBuffer()
        output.writePretty(self, level: 0)
        output.append(UInt8(ascii: "\n"))
        return output.bytes
    }
}

extension TextBuffer {
    mutating func write(_ value: JSONValue) {
        switch value {
        case .null: write(null: ())
        case .bool(let value): write(value)
        case .number(let number): append(contentsOf: number.text.utf8)
        case .string(let text): write(text)
        case .array(let elements):
            append(UInt8(ascii: "["))
            for element in elements {
                separate(after: UInt8(ascii: "["))
                write(element)
            }
            append(UInt8(ascii: "]"))
        case .object(let object):
            append(UInt8(ascii: "{"))
            for member in object.members {
                separate(after: UInt8(ascii: "{"))
                write(member.key)
                append(UInt8(ascii: ":"))
                write(member.value)
            }
            append(UInt8(ascii: "}"))
        }
    }

    fileprivate mutating func writePretty(_ value: JSONValue, level: Int) {
        switch value {
        case .array(let elements) where !elements.isEmpty:
            append(UInt8(ascii: "["))
            for element in elements {
                separate(after: UInt8(ascii: "["))
                breakLine(level: level + 1)
                writePretty(element, level: level + 1)
            }
            breakLine(level: level)
            append(UInt8(ascii: "]"))
        case .object(let object) where !object.isEmpty:
            append(UInt8(ascii: "{"))
            for member in object.members {
                separate(after: UInt8(ascii: "{"))
                breakLine(level: level + 1)
                write(member.key)
                append(contentsOf: ": ".utf8)
                writePretty(member.value, level: level + 1)
            }
            breakLine(level: level)
            append(UInt8(ascii: "}"))
        default:
            write(value)
        }
    }

    private mutating func breakLine(level: Int) {
        append(UInt8(ascii: "\n"))
        for _ in 0..<level {
            append(contentsOf: "  ".utf8)
        }
    }
}
