/// The grammar of numbers (RFC 8259, section 6).
enum NumberGrammar {
    /// Returns the offset after the number that begins at `start`, or `nil` when there is none.
    static func end(of text: Span<UInt8>, from start: Int) -> Int? {
        var offset = start
        if offset < text.count, text[offset] == UInt8(ascii: "-") { offset += 1 }
        let whole = offset
        offset = endOfDigits(text, from: offset)
        guard offset > whole else { return nil }
        if text[whole] == UInt8(ascii: "0"), offset > whole + 1 { return nil }
        if offset < text.count, text[offset] == UInt8(ascii: ".") {
            let fraction = offset + 1
            offset = endOfDigits(text, from: fraction)
            guard offset > fraction else { return nil }
        }
        if offset < text.count, text[offset] | 0x20 == UInt8(ascii: "e") {
            offset += 1
            if offset < text.count,
                text[offset] == UInt8(ascii: "+") || text[offset] == UInt8(ascii: "-")
            {
                offset += 1
            }
            let exponent = offset
            offset = endOfDigits(text, from: exponent)
            guard offset > exponent else { return nil }
        }
        return offset
    }

    /// Returns the exact integer of a number's text, or `nil` when there is a fraction or an
    /// exponent, or when the type is too small for it.
    static func integer<Integer: FixedWidthInteger>(_ text: Span<UInt8>) -> Integer? {
        var offset = 0
        let isNegative = !text.isEmpty && text[0] == UInt8(ascii: "-")
        if isNegative { offset = 1 }
        guard offset < text.count else { return nil }
        var magnitude: UInt64 = 0
        while offset < text.count {
            let digit = text[offset] &- UInt8(ascii: "0")
            guard digit < 10 else { return nil }
            let (product, tooLarge) = magnitude.multipliedReportingOverflow(by: 10)
            let (sum, overflow) = product.addingReportingOverflow(UInt64(digit))
            if tooLarge || overflow { return nil }
            magnitude = sum
            offset += 1
        }
        guard isNegative else { return Integer(exactly: magnitude) }
        guard magnitude <= Int64.min.magnitude else { return nil }
        return Integer(exactly: Int64(truncatingIfNeeded: 0 &- magnitude))
    }

    private static func endOfDigits(_ text: Span<UInt8>, from start: Int) -> Int {
        var offset = start
        while offset < text.count, text[offset] &- UInt8(ascii: "0") < 10 {
            offset += 1
        }
        return offset
    }
}
