import Contracts
import Foundation
import JSON
import Testing

@testable import Dialects

/// The OpenAPI document says what the product does (issue 12, point 2).
@Suite("The OpenAPI document") struct DocumentTests {
    private let document = OpenAPI.document()

    @Test func `every link into the reference leads to its place`() throws {
        let page = ReferencePage.html()
        let text = String(decoding: document.bytes(), as: UTF8.self)
        let links = Set(text.matches(of: /\/docs#([a-z_]+)/).map { String($0.output.1) })
        #expect(links.contains("internal"))
        for link in links.sorted() { #expect(page.contains("id=\"\(link)\""), "/docs#\(link)") }
    }

    @Test func `a fault's outcome is unknown`() {
        var count = 0
        each(document) { object in
            guard object["code"] == "internal", let outcome = object["outcome"] else { return }
            count += 1
            #expect(outcome == "unknown")
        }
        #expect(count > 20)
    }

    @Test(arguments: [
        "api.perplexity.ai", "agent:shop.example", "+27821111111", "27821111111",
        "bob@pay.example", "11111111111111111111111111111111", "b\u{FC}cher.example",
        "lightning:lnbc" + String(repeating: "q", count: 1200), "wal_1", "grp_1",
        "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", "c6d0c728-2624-429b-8e0d-d9d19b6592fa",
        String(repeating: "1", count: 16_384),
    ])
    func `what can be paid is in the schema of what is paid`(text: String) throws {
        let schema = try #require(Schema.destination.objectValue)
        let pattern = try Regex(try #require(schema["pattern"]?.stringValue))
        #expect(text.wholeMatch(of: pattern) != nil)
        #expect(Int64(text.unicodeScalars.count) <= schema["maxLength"]?.integerValue ?? 0)
    }

    @Test(arguments: [
        ("organisation_id", "org_01kqcf1800h1zkypah9svy0f5z"), ("rail", "bark"),
        ("wallet_id", "wal_1"), ("paymentId", "pay_1"), ("agentId", "agent:shop.example"),
    ])
    func `a parameter of a path takes what stands there`(name: String, value: String) throws {
        var found = 0
        try each(document) { object in
            guard object["in"] == "path", object["name"] == .string(name),
                let schema = object["schema"]?.objectValue
            else { return }
            found += 1
            if let choices = schema["enum"]?.arrayValue {
                #expect(choices.contains(.string(value)))
            } else {
                let pattern = try Regex(try #require(schema["pattern"]?.stringValue))
                #expect(value.wholeMatch(of: pattern) != nil)
            }
        }
        #expect(found > 0)
    }

    private func each(_ value: JSONValue, _ body: (JSONObject) throws -> Void) rethrows {
        for element in value.arrayValue ?? [] { try each(element, body) }
        guard let object = value.objectValue else { return }
        try body(object)
        for member in object.members { try each(member.value, body) }
    }
}
