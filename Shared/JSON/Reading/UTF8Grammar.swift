/// The well-formed byte sequences of UTF-8 (Unicode, table 3-7).
enum UTF8Grammar {
    /// Returns the number of bytes of the character beyond ASCII at an offset, or `nil` when it is
    /// not well formed.
    static func length(in bytes: Span<UInt8>, at offset: Int) -> Int? {
        let first = bytes[offset]
        let secondRange: ClosedRange<UInt8>
        let length: Int
        switch first {
        case 0xC2...0xDF: (length, secondRange) = (2, 0x80...0xBF)
        case 0xE0: (length, secondRange) = (3, 0xA0...0xBF)
        case 0xED: (length, secondRange) = (3, 0x80...0x9F)
        case 0xE1...0xEF: (length, secondRange) = (3, 0x80...0xBF)
        case 0xF0: (length, secondRange) = (4, 0x90...0xBF)
        case 0xF1...0xF3: (length, secondRange) = (4, 0x80...0xBF)
        case 0xF4: (length, secondRange) = (4, 0x80...0x8F)
        default: return nil
        }
        guard offset + length <= bytes.count, secondRange.contains(bytes[offset + 1]) else {
            return nil
        }
        for next in offset + 2..<offset + length where bytes[next] & 0xC0 != 0x80 {
            return nil
        }
        return length
    }
}
