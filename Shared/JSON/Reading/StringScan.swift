/// Finds the bytes of a string that need a closer look, eight bytes at a time.
enum StringScan {
    private static let ones: UInt64 = 0x0101_0101_0101_0101
    private static let highBits: UInt64 = 0x8080_8080_8080_8080

    /// Returns the offset of the first quotation mark, backslash or control character, or of the
    /// first byte beyond ASCII if that is asked for, or the number of bytes.
    @inline(__always)
    static func firstSpecial(
        in bytes: Span<UInt8>,
        from start: Int,
        nonASCIIIsSpecial: Bool
    ) -> Int {
        var offset = start
        let count = bytes.count
        let nonASCII: UInt64 = nonASCIIIsSpecial ? highBits : 0
        while offset &+ 8 <= count {
            let word = bytes.word(at: offset)
            let marks = specials(of: word) | word & nonASCII
            if marks != 0 { return offset &+ marks.trailingZeroBitCount / 8 }
            offset &+= 8
        }
        while offset < count {
            let byte = bytes[offset]
            if byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
                || (nonASCIIIsSpecial && byte >= 0x80)
            {
                return offset
            }
            offset &+= 1
        }
        return count
    }

    /// Returns a word whose lowest set bit is in the first special byte of `word`.
    ///
    /// Higher bits can be set without a reason, because a subtraction borrows from the next byte.
    @inline(__always)
    private static func specials(of word: UInt64) -> UInt64 {
        let quotes = word ^ (ones &* UInt64(UInt8(ascii: "\"")))
        let backslashes = word ^ (ones &* UInt64(UInt8(ascii: "\\")))
        let isQuote = (quotes &- ones) & ~quotes
        let isBackslash = (backslashes &- ones) & ~backslashes
        let isControl = (word &- ones &* 0x20) & ~word
        return (isQuote | isBackslash | isControl) & highBits
    }
}

extension Span<UInt8> {
    /// Returns eight bytes, the first one in the lowest bits.
    ///
    /// - Precondition: There are eight bytes from the offset on.
    @inline(__always)
    func word(at offset: Int) -> UInt64 {
        // Any eight bytes are an integer, and the load checks its bounds.
        let raw = unsafe bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self)
        return UInt64(littleEndian: raw)
    }
}
