import JSON
import Testing

private enum Color: String, Codable {
    case red
    case green = "GREEN"
}

private struct Inner: Codable, Equatable {
    var name: String
    var color: Color?
    var flags: [Bool]
}

private struct Outer: Codable, Equatable {
    var id: Int64
    var small: UInt8
    var large: UInt64
    var title: String?
    var inner: Inner
    var inners: [Inner]
    var matrix: [[Int]]
    var map: [String: Inner]
    var maybe: [String?]
    var choice: Choice
    var value: JSONValue

    private enum CodingKeys: String, CodingKey {
        case id, small, large, title, inner, inners, matrix, map, maybe, choice
        case value = "the \"value\"\né"
    }
}

private enum Choice: Codable, Equatable {
    case nothing
    case number(Int)
    case pair(left: String, right: Inner)
}

private let inner = Inner(name: "é\"\\\n\u{1}😀", color: .green, flags: [true, false])
private let outer = Outer(
    id: .min,
    small: 255,
    large: .max,
    title: nil,
    inner: inner,
    inners: [inner, Inner(name: "", color: nil, flags: [])],
    matrix: [[], [1], [-2, 3]],
    map: ["a\"b": inner, "": inner],
    maybe: ["x", nil, "y"],
    choice: .pair(left: "l", right: inner),
    value: ["a": [1, nil, "b"], "c": .number(JSONNumber(text: "1e400") ?? JSONNumber(0))]
)

@Suite struct `Coding of types` {
    @Test func `what is encoded is decoded again`() throws {
        let bytes = try JSON.encode(outer)
        #expect(try JSON.decode(Outer.self, from: bytes) == outer)
        #expect(try JSON.decode(Outer.self, from: JSONValue(parsing: bytes)) == outer)
        let sorted = try JSON.encode(outer, sortedKeys: true)
        #expect(try JSON.decode(Outer.self, from: sorted) == outer)
        for choice in [Choice.nothing, .number(1)] {
            #expect(try JSON.decode(Choice.self, from: JSON.encode(choice)) == choice)
        }
    }

    @Test func `keys stand in the order of encoding and absent members are left out`() throws {
        let text = String(decoding: try JSON.encode(inner), as: UTF8.self)
        #expect(text == #"{"name":"é\"\\\n\u0001😀","color":"GREEN","flags":[true,false]}"#)
        let absent = Inner(name: "", color: nil, flags: [])
        #expect(try JSON.value(of: absent) == ["name": "", "flags": []])
        #expect(
            String(decoding: try JSON.encode(absent, sortedKeys: true), as: UTF8.self)
                == #"{"flags":[],"name":""}"#
        )
    }

    @Test func `keys are found in any order, escaped, and unknown ones are ignored`() throws {
        let text = #"{"x":{"name":1},"flags":[],"y":null,"n\u0061me":"a\u0062","color":null}"#
        let value = try JSON.decode(Inner.self, from: Array(text.utf8))
        #expect(value == Inner(name: "ab", color: nil, flags: []))
    }

    @Test func `single values are documents`() throws {
        #expect(try JSON.encode("a") == Array(#""a""#.utf8))
        #expect(try JSON.encode(5) == Array("5".utf8))
        #expect(try JSON.encode([Int]()) == Array("[]".utf8))
        #expect(try JSON.encode([String: Int]()) == Array("{}".utf8))
        #expect(try JSON.encode(Int?.none) == Array("null".utf8))
        #expect(try JSON.decode(String.self, from: Array(#""a""#.utf8)) == "a")
        #expect(try JSON.decode(Int?.self, from: Array("null".utf8)) == nil)
        #expect(try JSON.decode([Int?].self, from: Array("[1,null]".utf8)) == [1, nil])
    }

    @Test(arguments: [
        (#"{"name":1,"flags":[]}"#, ["name"], "expected a string, found a number"),
        (#"{"name":null,"flags":[]}"#, ["name"], "expected a string, found null"),
        (
            #"{"name":"a","flags":[true,"x"]}"#, ["flags", "1"],
            "expected a truth value, found a string"
        ),
        (#"{"name":"a","flags":{}}"#, ["flags"], "expected an array, found an object"),
        (#"{"name":"a"}"#, [], "the key is missing"),
        ("[]", [], "expected an object, found an array"),
    ])
    func `a decoding error has the path`(text: String, path: [String], what: String) throws {
        for depth in 0...1 {
            let document = depth == 0 ? text : #"{"a":[0],"payload":\#(text)}"#
            let error = #expect(throws: DecodingError.self) {
                let document = try JSONDocument(parsing: Array(document.utf8))
                _ =
                    depth == 0
                    ? try document.decode(Inner.self)
                    : try document.decode(Inner.self, forKey: "payload")
            }
            let context = try #require(error?.context)
            #expect(context.codingPath.map(\.stringValue) == (depth == 0 ? [] : ["payload"]) + path)
            #expect(context.debugDescription == what)
        }
    }

    @Test(arguments: ["256", "-1", "1.0", "1e1", "99999999999999999999", "\"1\"", "true", "null"])
    func `an integer that does not fit is refused`(text: String) {
        #expect(throws: DecodingError.self) {
            try JSON.decode(UInt8.self, from: Array(text.utf8))
        }
    }

    @Test func `integers are exact at their limits`() throws {
        func check<T: FixedWidthInteger & Codable>(_ type: T.Type) throws {
            for value in [T.min, 0, 1, T.max] {
                #expect(try JSON.encode(value) == Array(String(value).utf8))
                #expect(try JSON.decode(type, from: Array(String(value).utf8)) == value)
                #expect(try JSON.decode([T].self, from: JSON.encode([value])) == [value])
                let map = ["key": value]
                #expect(try JSON.decode([String: T].self, from: JSON.encode(map)) == map)
            }
        }
        try check(Int.self)
        try check(Int8.self)
        try check(Int16.self)
        try check(Int32.self)
        try check(Int64.self)
        try check(UInt.self)
        try check(UInt8.self)
        try check(UInt16.self)
        try check(UInt32.self)
        try check(UInt64.self)
    }

    @Test func `floating point is refused in both directions`() throws {
        struct Price: Codable { var price: Double }
        let error = #expect(throws: EncodingError.self) { try JSON.encode([Price(price: 1)]) }
        guard case .invalidValue(_, let context) = error else {
            Issue.record("another error is expected")
            return
        }
        #expect(context.codingPath.map(\.stringValue) == ["0", "price"])
        #expect(throws: EncodingError.self) { try JSON.encode([Float(1)]) }
        #expect(throws: EncodingError.self) { try JSON.encode(1.5) }
        #expect(throws: DecodingError.self) {
            try JSON.decode(Price.self, from: Array(#"{"price":1}"#.utf8))
        }
        #expect(throws: DecodingError.self) {
            try JSON.decode([Float].self, from: [0x5B, 0x31, 0x5D])
        }
    }

    @Test func `a value that cannot be encoded leaves no trace when its owner goes on`() throws {
        struct Careful: Encodable {
            func encode(to encoder: any Encoder) throws {
                var container = encoder.container(keyedBy: Key.self)
                try container.encode(1, forKey: "a")
                try? container.encode([["x": 1.5]], forKey: "b")
                var list = container.nestedUnkeyedContainer(forKey: "c")
                try? list.encode(["y": 2.5])
                try list.encode("z")
            }
        }
        #expect(try JSON.value(of: Careful()) == ["a": 1, "c": ["z"]])
    }
}

/// A key of any text.
struct Key: CodingKey, ExpressibleByStringLiteral {
    var stringValue: String
    var intValue: Int? { nil }

    init(stringLiteral value: String) {
        stringValue = value
    }

    init?(stringValue: String) {
        self.stringValue = stringValue
    }

    init?(intValue: Int) {
        nil
    }
}

extension DecodingError {
    fileprivate var context: Context? {
        switch self {
        case .typeMismatch(_, let context), .valueNotFound(_, let context),
            .keyNotFound(_, let context), .dataCorrupted(let context):
            context
        @unknown default: nil
        }
    }
}
