import JSON
import Testing

private struct Header: Codable, Equatable {
    var id: String
    var type: String
    var replyTo: String?
    var sentAt: Int64
}

private struct Payload: Codable, Equatable {
    var amounts: [Int64]
    var memo: String
}

private struct Envelope: Encodable {
    var id: String
    var payload: any Encodable
    var sentAt: Int64

    private enum CodingKeys: String, CodingKey {
        case id, payload, sentAt
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(id, forKey: .id)
        try container.encode(payload, forKey: .payload)
        try container.encode(sentAt, forKey: .sentAt)
    }
}

@Suite struct `Documents` {
    private let text = #"""
        {"id":"msg_1","type":"a.b.v1","payload" : {"amounts":[1, 2],"memo":"a\"b"},"sentAt":5,
         "replyTo":null, "note":"x\u0079"}
        """#

    @Test func `a header is decoded first and the payload after it`() throws {
        let document = try JSONDocument(parsing: Array(text.utf8))
        #expect(document.string(forKey: "type") == "a.b.v1")
        #expect(document.integer(forKey: "sentAt") == 5)
        #expect(document.string(forKey: "sentAt") == nil)
        #expect(document.integer(forKey: "type") == nil)
        #expect(document.contains(key: "replyTo") && !document.contains(key: "amounts"))
        let header = try document.decode(Header.self)
        #expect(header == Header(id: "msg_1", type: "a.b.v1", replyTo: nil, sentAt: 5))
        let payload = try document.decode(Payload.self, forKey: "payload")
        #expect(payload == Payload(amounts: [1, 2], memo: "a\"b"))
        #expect(try document.decodeIfPresent(Payload.self, forKey: "replyTo") == nil)
        #expect(try document.decodeIfPresent(Payload.self, forKey: "nothing") == nil)
        #expect(try document.decodeIfPresent(Payload.self, forKey: "payload") == payload)
        #expect(throws: DecodingError.self) { try document.decode(Payload.self, forKey: "nothing") }
        #expect(try document.decode(JSONValue.self, forKey: "payload")["memo"] == "a\"b")
        #expect(document.value(forKey: "note") == "xy")
        #expect(document.value["payload"]?["amounts"]?[1] == 2)
    }

    @Test func `a member's bytes are taken as they stand`() throws {
        let document = try JSONDocument(parsing: Array(text.utf8))
        let payload = try #require(document.bytes(forKey: "payload"))
        #expect(String(decoding: payload, as: UTF8.self) == #"{"amounts":[1, 2],"memo":"a\"b"}"#)
        #expect(document.bytes(forKey: "sentAt") == Array("5".utf8))
        #expect(document.bytes(forKey: "note") == Array("\"xy\"".utf8))
        #expect(document.bytes(forKey: "nothing") == nil)
    }

    @Test func `a document that is no object has no members`() throws {
        for text in ["[1]", "\"a\"", "null"] {
            let document = try JSONDocument(parsing: Array(text.utf8))
            #expect(document.string(forKey: "a") == nil)
            #expect(document.value(forKey: "a") == nil)
            #expect(throws: DecodingError.self) { try document.decode(Int.self, forKey: "a") }
        }
    }

    @Test func `an envelope with any payload is encoded at once`() throws {
        let payload = Payload(amounts: [1], memo: "m")
        let envelope = Envelope(id: "x", payload: payload, sentAt: 1)
        let bytes = try JSON.encode(envelope)
        #expect(
            String(decoding: bytes, as: UTF8.self)
                == #"{"id":"x","payload":{"amounts":[1],"memo":"m"},"sentAt":1}"#
        )
        let value = try JSON.value(of: payload)
        #expect(try JSON.encode(Envelope(id: "x", payload: value, sentAt: 1)) == bytes)
    }

    @Test func `a value that no document may have is refused when it is read`() throws {
        #expect(throws: JSONError.self) { try JSON.decode(String.self, from: .string("\0")) }
        var deep: JSONValue = []
        for _ in 0..<64 { deep = [deep] }
        #expect(throws: JSONError.self) { try JSONDocument(deep) }
    }
}
