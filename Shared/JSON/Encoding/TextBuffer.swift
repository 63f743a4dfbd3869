/// The growing text of a document.
struct TextBuffer {
    private(set) var bytes: [UInt8] = []

    init() {
        bytes.reserveCapacity(512)
    }

    var count: Int { bytes.count }

    mutating func append(_ byte: UInt8) {
        bytes.append(byte)
    }

    mutating func append(contentsOf more: some Collection<UInt8>) {
        bytes.append(contentsOf: more)
    }

    mutating func truncate(to count: Int) {
        bytes.removeLast(bytes.count - count)
    }

    /// Writes a comma unless the container was opened just now.
    ///
    /// No value ends with an opening bracket, because a string ends with a quotation mark.
    mutating func separate(after opening: UInt8) {
        if bytes.last != opening {
            bytes.append(UInt8(ascii: ","))
        }
    }

    mutating func write(null: Void) {
        bytes.append(contentsOf: "null".utf8)
    }

    mutating func write(_ value: Bool) {
        bytes.append(contentsOf: value ? "true".utf8 : "false".utf8)
    }

    @inline(__always)
    mutating func write(integer: some FixedWidthInteger) {
        if integer < 0 {
            bytes.append(UInt8(ascii: "-"))
        }
        write(magnitude: UInt64(truncatingIfNeeded: integer.magnitude))
    }

    private mutating func write(magnitude: UInt64) {
        let start = bytes.count
        var rest = magnitude
        repeat {
            let (quotient, remainder) = rest.quotientAndRemainder(dividingBy: 10)
            bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: remainder))
            rest = quotient
        } while rest != 0
        bytes[start...].reverse()
    }

    /// Writes a string with its quotation marks; only what must be escaped is escaped.
    mutating func write(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        let span = text.utf8Span.span
        if StringScan.firstSpecial(in: span, from: 0, nonASCIIIsSpecial: false) == span.count {
            bytes.append(contentsOf: text.utf8)
        } else {
            for byte in text.utf8 {
                writeEscaping(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// Returns the string that was written at an offset.
    func string(at offset: Int) -> String {
        var end = offset + 1
        while bytes[end] != UInt8(ascii: "\"") {
            end += bytes[end] == UInt8(ascii: "\\") ? 2 : 1
        }
        let value = try? JSONValue(parsing: Array(bytes[offset...end]))
        return value?.stringValue ?? ""
    }

    private mutating func writeEscaping(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""): bytes.append(contentsOf: "\\\"".utf8)
        case UInt8(ascii: "\\"): bytes.append(contentsOf: "\\\\".utf8)
        case 0x08: bytes.append(contentsOf: "\\b".utf8)
        case 0x09: bytes.append(contentsOf: "\\t".utf8)
        case 0x0A: bytes.append(contentsOf: "\\n".utf8)
        case 0x0C: bytes.append(contentsOf: "\\f".utf8)
        case 0x0D: bytes.append(contentsOf: "\\r".utf8)
        case 0x00..<0x20:
            bytes.append(contentsOf: "\\u00".utf8)
            bytes.append(UInt8(ascii: "0") + byte >> 4)
            bytes.append(byte & 15 < 10 ? UInt8(ascii: "0") + byte & 15 : 87 + byte & 15)
        default: bytes.append(byte)
        }
    }
}
