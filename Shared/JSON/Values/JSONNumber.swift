/// A number as it was written, never rounded.
///
/// Two numbers are equal when their texts are: `1` and `1.0` differ.
public struct JSONNumber: Hashable, Sendable {
    /// The text by the grammar of RFC 8259, section 6.
    public let text: String

    /// Creates a number from an integer.
    public init(_ integer: Int64) {
        text = String(integer)
    }

    /// Creates a number from its text, or returns `nil` when the text breaks the grammar or has
    /// more characters than ``JSONLimits/standard`` allows.
    public init?(text: String) {
        let span = text.utf8Span.span
        guard let end = NumberGrammar.end(of: span, from: 0), end == span.count,
            end <= JSONLimits.standard.maximumNumberLength
        else { return nil }
        self.text = text
    }

    /// Creates a number from a text that the reader has checked.
    init(checked text: String) {
        self.text = text
    }

    /// The exact integer, or `nil` when there is a fraction or an exponent, or over 64 bits.
    ///
    /// `-0` is 0.
    public var integer: Int64? {
        NumberGrammar.integer(text.utf8Span.span)
    }

    /// Whether there is a fraction or an exponent.
    public var hasFractionOrExponent: Bool {
        text.utf8.contains { $0 == UInt8(ascii: ".") || $0 | 0x20 == UInt8(ascii: "e") }
    }
}

extension JSONNumber: CustomStringConvertible {
    public var description: String { text }
}
