/// Base64 with the alphabet of RFC 4648, section 4, with padding.
public enum Base64 {
    private static let alphabet = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8
    )

    /// Returns the text of some bytes.
    public static func text(of bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            var bits = 0
            for offset in 0..<3 {
                bits = bits << 8 | (offset < group.count ? Int(group[start + offset]) : 0)
            }
            for place in 0..<4 {
                let isPadding = place > group.count
                text.append(isPadding ? padding : alphabet[bits >> (18 - place * 6) & 63])
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Returns the bytes of a text, or `nil` when it is not what ``text(of:)`` writes.
    public static func bytes(of text: String) -> [UInt8]? {
        let digits = Array(text.utf8)
        guard digits.count % 4 == 0 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(digits.count / 4 * 3)
        var bits = 0
        var count = 0
        for digit in digits {
            guard let value = value(of: digit) else { break }
            bits = bits << 6 | value
            count += 1
            if count % 4 != 1 {
                bytes.append(UInt8(truncatingIfNeeded: bits >> [0, 0, 4, 2][count % 4]))
            }
            bits &= 0xFFFF
        }
        return Self.text(of: bytes) == text ? bytes : nil
    }

    /// Returns the bytes of a text with the alphabet for URLs (RFC 4648, section 5) and without
    /// padding (RFC 7515, section 2), or `nil`.
    public static func urlBytes(of text: String) -> [UInt8]? {
        let others = [UInt8(ascii: "+"), UInt8(ascii: "/"), padding]
        guard text.utf8.allSatisfy({ !others.contains($0) }) else { return nil }
        var digits = text.utf8.map { byte in
            byte == UInt8(ascii: "-")
                ? UInt8(ascii: "+") : byte == UInt8(ascii: "_") ? UInt8(ascii: "/") : byte
        }
        while !digits.count.isMultiple(of: 4) { digits.append(padding) }
        return bytes(of: String(decoding: digits, as: UTF8.self))
    }

    private static let padding = UInt8(ascii: "=")

    private static func value(of digit: UInt8) -> Int? {
        switch digit {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): Int(digit) - 65
        case UInt8(ascii: "a")...UInt8(ascii: "z"): Int(digit) - 71
        case UInt8(ascii: "0")...UInt8(ascii: "9"): Int(digit) + 4
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}
