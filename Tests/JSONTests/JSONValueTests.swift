import JSON
import Testing

@Suite struct `JSON values` {
    @Test func `literals make values`() {
        let value: JSONValue = [
            "string": "text", "number": -5, "yes": true, "none": nil, "list": [1, "two", []],
            "object": ["a": 1],
        ]
        #expect(value["string"]?.stringValue == "text")
        #expect(value["number"]?.integerValue == -5)
        #expect(value["yes"]?.boolValue == true)
        #expect(value["none"]?.isNull == true)
        #expect(value["list"]?[1] == "two")
        #expect(value["list"]?[3] == nil)
        #expect(value["object"]?["a"] == 1)
        #expect(value["nothing"] == nil)
        #expect(value["string"]?["a"] == nil)
    }

    @Test func `a document is written compactly, in order, and escaped only where it must be`() {
        let value: JSONValue = [
            "b": [1, "two\"\\/\n\u{1}\u{1F}\u{7F}é😀", nil], "a": [:], "c": [], "": false,
        ]
        let expected =
            #"{"b":[1,"two\"\\/\n\u0001\u001f"# + "\u{7F}é😀"
            + #"",null],"a":{},"c":[],"":false}"#
        #expect(value.description == expected)
        #expect(
            value.sorted().description.hasPrefix(#"{"":false,"a":{},"b":"#)
        )
    }

    @Test func `a pretty document has two spaces per level`() {
        let value: JSONValue = ["a": [1, ["b": nil]], "c": [], "d": [:]]
        let expected = """
            {
              "a": [
                1,
                {
                  "b": null
                }
              ],
              "c": [],
              "d": {}
            }

            """
        #expect(String(decoding: value.prettyBytes(), as: UTF8.self) == expected)
    }

    @Test func `an object keeps the order of its keys`() {
        var object: JSONObject = ["b": 1, "a": 2]
        object["c"] = 3
        object["b"] = 4
        object["a"] = nil
        object["x"] = nil
        #expect(object.members.map(\.key) == ["b", "c"])
        #expect(object["b"] == 4)
    }

    @Test func `the order of keys does not matter for equality`() {
        let one: JSONValue = ["a": 1, "b": ["x": 1, "y": 2]]
        let other: JSONValue = ["b": ["y": 2, "x": 1], "a": 1]
        #expect(one == other)
        #expect(one.hashValue == other.hashValue)
        #expect(one != ["a": 1, "b": ["x": 1, "y": 3]])
        #expect(one != ["a": 1])
    }

    @Test(arguments: [
        ("0", 0), ("-0", 0), ("1", 1), ("-1", -1), ("9223372036854775807", Int64.max),
        ("-9223372036854775808", Int64.min), ("9223372036854775808", nil),
        ("-9223372036854775809", nil), ("18446744073709551615", nil),
        ("18446744073709551616", nil), ("99999999999999999999999999", nil), ("1.0", nil),
        ("1e2", nil), ("1E2", nil), ("1e400", nil), ("0.1", nil),
    ])
    func `an integer is exact or not there`(text: String, integer: Int64?) throws {
        let number = try #require(try JSONValue(parsing: text).numberValue)
        #expect(number.text == text)
        #expect(number.integer == integer)
        #expect(JSONNumber(text: text) == number)
        #expect(
            number.hasFractionOrExponent == (text.contains(".") || text.lowercased().contains("e"))
        )
    }

    @Test(arguments: ["", "-", "01", "1.", ".1", "1 ", " 1", "1e", "+1", "1a", "NaN", "0x1", "１"])
    func `a text that breaks the grammar is no number`(text: String) {
        #expect(JSONNumber(text: text) == nil)
    }

    @Test func `a number keeps every digit`() throws {
        let text = "[0.1000000000000000055511151231257827021181583404541015625,1e400,-0.0]"
        #expect(try JSONValue(parsing: text).description == text)
    }
}
