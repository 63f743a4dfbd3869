/// Why bytes are not a JSON document that is accepted, and where.
public struct JSONError: Error, Hashable, Sendable {
    /// The rule that is broken.
    public enum Code: String, CaseIterable, Sendable {
        /// The document has more bytes than the limit.
        case tooLarge
        /// The document begins with a byte order mark.
        case byteOrderMark
        /// A string is not UTF-8.
        case notUTF8
        /// The document ends too early.
        case unexpectedEnd
        /// Something else is expected at this place.
        case unexpectedCharacter
        /// There is something after the value.
        case trailingContent
        /// There are more levels than the limit.
        case tooDeep
        /// An object has the same key twice.
        case duplicateKey
        /// A number breaks the grammar of RFC 8259, or is longer than the limit.
        case invalidNumber
        /// A string has a control character that is not escaped.
        case controlCharacter
        /// A string has the character U+0000.
        case nullCharacter
        /// A string has an escape that does not exist.
        case invalidEscape
        /// A string has one half of a surrogate pair.
        case loneSurrogate
    }

    /// The rule that is broken.
    public let code: Code

    /// The offset of the byte at which it is broken.
    public let offset: Int

    /// Creates an error.
    public init(_ code: Code, at offset: Int) {
        self.code = code
        self.offset = offset
    }

    /// A sentence for the person who wrote the document; it quotes nothing of the document.
    public var message: String {
        "\(rule), at byte \(offset)"
    }

    private var rule: String {
        switch code {
        case .tooLarge: "the JSON document is too large"
        case .byteOrderMark: "a JSON document has no byte order mark"
        case .notUTF8: "a JSON string must be UTF-8"
        case .unexpectedEnd: "the JSON document ends too early"
        case .unexpectedCharacter: "a character does not belong here in JSON"
        case .trailingContent: "there is something after the JSON value"
        case .tooDeep: "the JSON document has too many levels"
        case .duplicateKey: "a JSON object has the same key twice"
        case .invalidNumber: "this is not a number of JSON"
        case .controlCharacter: "a control character in a JSON string must be escaped"
        case .nullCharacter: "a JSON string must not have the character U+0000"
        case .invalidEscape: "this escape does not exist in JSON strings"
        case .loneSurrogate: "a JSON string has half of a surrogate pair"
        }
    }
}

extension JSONError: CustomStringConvertible {
    public var description: String { message }
}
