import JSON
import Testing

@Suite struct `Strict reading` {
    @Test(arguments: [
        "null", "true", "false", " \t\r\n1 \n", "\"\"", "[]", "{}", "[ ]", "{ }", "[1,2 , 3]",
        #"{"a":1,"b":{"a":1}}"#, #""\"\\\/\b\f\n\r\t""#, #""\u0041\u00e9\u20AC\ud83d\ude00""#,
        "\"é € 😀 \u{7F} \u{FFFD} \u{10FFFF}\"", "-0", "0", "1e400", "-1.5E+10", "0.0", "1E-2",
        "123456789012345678901234567890", #"{"":1}"#, #"{"a":1,"A":2}"#, #"["\\u0000"]"#,
    ])
    func `a document that keeps the rules is read`(text: String) throws {
        let value = try JSONValue(parsing: text)
        #expect(try JSONValue(parsing: value.bytes()) == value)
    }

    @Test(arguments: [
        ("", JSONError.Code.unexpectedEnd, 0), ("  ", .unexpectedEnd, 2), ("[", .unexpectedEnd, 1),
        ("[1", .unexpectedEnd, 2), ("[1,", .unexpectedEnd, 3), ("{", .unexpectedEnd, 1),
        (#"{"a""#, .unexpectedEnd, 4), (#"{"a":"#, .unexpectedEnd, 5),
        (#"{"a":1"#, .unexpectedEnd, 6), (#"{"a":1,"#, .unexpectedEnd, 7),
        ("\"abc", .unexpectedEnd, 4), ("\"abc\\", .unexpectedEnd, 5), ("tru", .unexpectedEnd, 3),
        ("nul1", .unexpectedCharacter, 3), ("True", .unexpectedCharacter, 0),
        ("NaN", .unexpectedCharacter, 0), ("Infinity", .unexpectedCharacter, 0),
        ("'a'", .unexpectedCharacter, 0), ("[1 2]", .unexpectedCharacter, 3),
        ("[,1]", .unexpectedCharacter, 1), ("[1,]", .unexpectedCharacter, 3),
        ("[1,,2]", .unexpectedCharacter, 3), (#"{"a":1,}"#, .unexpectedCharacter, 7),
        ("{a:1}", .unexpectedCharacter, 1), ("{1:1}", .unexpectedCharacter, 1),
        (#"{"a" 1}"#, .unexpectedCharacter, 5), (#"{"a":}"#, .unexpectedCharacter, 5),
        ("[1}", .unexpectedCharacter, 2), (#"{"a":1]"#, .unexpectedCharacter, 6),
        ("]", .unexpectedCharacter, 0), ("// c\n1", .unexpectedCharacter, 0),
        ("\u{A0}1", .unexpectedCharacter, 0), ("\u{C}1", .unexpectedCharacter, 0),
        ("1 2", .trailingContent, 2), ("{} x", .trailingContent, 3), ("[]]", .trailingContent, 2),
        ("nulll", .trailingContent, 4), ("1,", .trailingContent, 1), ("{}\0", .trailingContent, 2),
        ("01", .invalidNumber, 0), ("1.", .invalidNumber, 0), ("-", .invalidNumber, 0),
        ("[-]", .invalidNumber, 1), ("1e", .invalidNumber, 0), ("1e+", .invalidNumber, 0),
        ("1.e5", .invalidNumber, 0), ("-01", .invalidNumber, 0), ("--1", .invalidNumber, 0),
        ("00", .invalidNumber, 0), (".5", .unexpectedCharacter, 0), ("+1", .unexpectedCharacter, 0),
        ("0x10", .trailingContent, 1), ("1_000", .trailingContent, 1),
        ("\"a\nb\"", .controlCharacter, 2), ("\"\u{1F}\"", .controlCharacter, 1),
        ("\"abcdefgh\tb\"", .controlCharacter, 9), ("\"a\0b\"", .nullCharacter, 2),
        (#""a\u0000b""#, .nullCharacter, 2), (#"{"a\u0000":1}"#, .nullCharacter, 3),
        (#""\x""#, .invalidEscape, 1), (#""\u12G4""#, .invalidEscape, 1),
        (#""\u12"#, .invalidEscape, 1), (#""\u+123""#, .invalidEscape, 1),
        (#""\U0041""#, .invalidEscape, 1), (#""\'""#, .invalidEscape, 1),
        (#""\ud83d""#, .loneSurrogate, 1), (#""\ud83dx""#, .loneSurrogate, 1),
        (#""\ude00""#, .loneSurrogate, 1), (#""\ud83d\u0041""#, .loneSurrogate, 1),
        (#""\ud83d\ud83d\ude00""#, .loneSurrogate, 1), (#""\ud83d\n""#, .loneSurrogate, 1),
    ])
    func `a document that breaks a rule is refused where it does`(
        text: String,
        code: JSONError.Code,
        offset: Int
    ) {
        #expect(throws: JSONError(code, at: offset)) { try JSONValue(parsing: text) }
    }

    @Test(arguments: [
        [0x80], [0xBF], [0xC0, 0xAF], [0xC1, 0xBF], [0xC3], [0xC3, 0x28], [0xE0, 0x80, 0xAF],
        [0xE0, 0x9F, 0xBF], [0xE2, 0x82], [0xE2, 0x28, 0xA1], [0xED, 0xA0, 0x80],
        [0xED, 0xBF, 0xBF], [0xF0, 0x80, 0x80, 0xAF], [0xF0, 0x8F, 0xBF, 0xBF],
        [0xF0, 0x9F, 0x98], [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xFF],
    ])
    func `a string that is not well formed UTF-8 is refused`(sequence: [UInt8]) {
        for prefix in ["", "a", "1234567", "12345678", "é", #"\n"#] {
            let quote = UInt8(ascii: "\"")
            let bytes = [quote] + Array(prefix.utf8) + sequence + [quote]
            #expect(throws: JSONError(.notUTF8, at: 1 + prefix.utf8.count)) {
                try JSONValue(parsing: bytes)
            }
        }
    }

    @Test(arguments: [
        [0xEF, 0xBB, 0xBF, 0x31], [0xFF, 0xFE, 0x31, 0x00], [0xFE, 0xFF, 0x00, 0x31],
    ])
    func `a byte order mark is refused`(bytes: [UInt8]) {
        #expect(throws: JSONError(.byteOrderMark, at: 0)) { try JSONValue(parsing: bytes) }
    }

    @Test(arguments: [[0x00, 0x31], [0x31, 0x00], [0x7B, 0x00, 0x7D, 0x00], [0xE9]])
    func `another encoding is refused`(bytes: [UInt8]) {
        #expect(throws: JSONError.self) { try JSONValue(parsing: bytes) }
    }

    @Test(arguments: [
        (#"{"a":1,"a":2}"#, 7), (#"{"a":1,"\u0061":2}"#, 7), (#"{"\u0061":1,"a":2}"#, 12),
        (#"{"a":{"b":1,"c":2,"b":3}}"#, 18), (#"[{"":1,"":1}]"#, 7),
        (#"{"a":[{"x":1},{"y":2}],"b":2,"a":3}"#, 29), (#"{"é":1,"\u00e9":2}"#, 8),
    ])
    func `a key that is there twice is refused`(text: String, offset: Int) {
        #expect(throws: JSONError(.duplicateKey, at: offset)) { try JSONValue(parsing: text) }
    }

    @Test func `equal characters in other code points are different keys`() throws {
        let value = try JSONValue(parsing: "{\"\u{E9}\":1,\"e\u{301}\":2}")
        #expect(value.objectValue?.count == 2)
        #expect(value["\u{E9}"] == 1)
        #expect(value["e\u{301}"] == 2)
        #expect(try JSONValue(parsing: value.bytes()) == value)
    }

    @Test(arguments: [2, 63, 64, 65, 66, 1000])
    func `a key that is there twice is found among many`(count: Int) throws {
        let members = (0..<count).map { "\"key\($0)\":{\"x\":\($0)}" }
        let text = "{" + members.joined(separator: ",") + "}"
        #expect(try JSONValue(parsing: text).objectValue?.count == count)
        for repeated in [0, count / 2, count - 1] {
            let doubled = "{" + (members + ["\"key\(repeated)\":0"]).joined(separator: ",") + "}"
            let error = #expect(throws: JSONError.self) { try JSONValue(parsing: doubled) }
            #expect(error?.code == .duplicateKey)
        }
    }

    @Test func `sixty-four levels are read and sixty-five are refused`() throws {
        func nested(_ levels: Int) -> String {
            String(repeating: "[", count: levels) + String(repeating: "]", count: levels)
        }
        func nestedObjects(_ levels: Int) -> String {
            String(repeating: #"{"a":"#, count: levels) + "1"
                + String(repeating: "}", count: levels)
        }
        _ = try JSONValue(parsing: nested(64))
        _ = try JSONValue(parsing: nestedObjects(64))
        #expect(throws: JSONError(.tooDeep, at: 64)) { try JSONValue(parsing: nested(65)) }
        #expect(throws: JSONError(.tooDeep, at: 320)) { try JSONValue(parsing: nestedObjects(65)) }
        #expect(throws: JSONError(.tooDeep, at: 64)) { try JSONValue(parsing: nested(100_000)) }
        let limits = JSONLimits(maximumDepth: 1)
        _ = try JSONValue(parsing: "[1]", limits: limits)
        #expect(throws: JSONError.self) { try JSONValue(parsing: "[[]]", limits: limits) }
    }

    @Test func `a document with too many bytes is refused`() throws {
        let limits = JSONLimits(maximumBytes: 4)
        _ = try JSONValue(parsing: "1234", limits: limits)
        #expect(throws: JSONError(.tooLarge, at: 4)) {
            try JSONValue(parsing: "12345", limits: limits)
        }
    }

    @Test func `a number of a thousand characters is read and a longer one is refused`() throws {
        let longest = String(repeating: "9", count: 1000)
        #expect(try JSONValue(parsing: longest).numberValue?.text == longest)
        #expect(throws: JSONError(.invalidNumber, at: 0)) { try JSONValue(parsing: longest + "9") }
    }

    /// Review 5: a value takes many times the bytes of its text.
    @Test func `a document has a greatest number of values and keys`() throws {
        let limits = JSONLimits(maximumValues: 4)
        #expect(try JSONValue(parsing: "[0,0,0]", limits: limits).arrayValue?.count == 3)
        for text in ["[0,0,0,0]", #"{"a":0,"b":[]}"#, "[[],[],[[]]]"] {
            let error = #expect(throws: JSONError.self) {
                try JSONValue(parsing: text, limits: limits)
            }
            #expect(error?.code == .tooLarge)
        }
        let many = "[" + String(repeating: "0,", count: 1 << 20) + "0]"
        #expect(throws: JSONError.self) { try JSONValue(parsing: many) }
    }

    @Test func `an error says nothing of the document`() {
        let error = #expect(throws: JSONError.self) { try JSONValue(parsing: #"{"key":hunter2}"#) }
        #expect(error?.message == "a character does not belong here in JSON, at byte 7")
    }
}
