import Contracts
import EscrowCore
import Foundation
import JSON
import Messaging
import NotifierCore
import PolicyCore
import SettlementCore
import Testing

@Suite struct `The AsyncAPI document` {
    private let document: JSONObject
    private let components: JSONObject

    init() throws {
        let file = GoldenFile.contracts.appendingPathComponent("Contracts.docc/asyncapi.json")
        let text = try String(contentsOf: file, encoding: .utf8)
        document = try #require(try JSONValue(parsing: Array(text.utf8)).objectValue)
        components = try #require(document["components"]?.objectValue)
    }

    @Test func `it describes every message and no other`() throws {
        let described = try #require(components["messages"]?.objectValue)
        let wireNames = Set(Catalogue.messages.map { $0.wireName })
        #expect(Set(described.members.map(\.key)) == wireNames, "describe it in asyncapi.json")
        for member in described.members {
            #expect(member.value.objectValue?["name"]?.stringValue == member.key)
            #expect(member.value.objectValue?["summary"]?.stringValue?.isEmpty == false)
        }
        #expect(document["asyncapi"]?.stringValue == "3.0.0")
    }

    @Test func `every golden file has the form that it describes, strictly`() throws {
        for file in try GoldenFile.all() {
            let findings = try findings(
                in: JSONValue(parsing: Array(file.text.utf8)),
                file.wireName
            )
            #expect(findings.isEmpty, "Golden/\(file.name).json \(findings)")
        }
    }

    @Test func `every reference leads somewhere`() {
        var references: [String] = []
        collect(.object(document), into: &references)
        #expect(references.count > 100)
        for reference in Set(references) {
            var value: JSONValue? = .object(document)
            for step in reference.dropFirst("#/".count).split(separator: "/") {
                value = value?.objectValue?[String(step)]
            }
            #expect(value != nil, "\(reference) leads nowhere")
        }
    }

    @Test(arguments: [
        (ServiceName.policy, kinds(of: PolicyInput.table)),
        (.settlement, kinds(of: SettlementInput.table)),
        (.escrow, kinds(of: EscrowInput.table)), (.notifier, kinds(of: NotifierInput.table)),
    ])
    func `a mailbox takes what its service understands`(
        service: ServiceName,
        kinds: [String: MessageKind]
    ) throws {
        let channel = document["channels"]?.objectValue?[service.rawValue]?.objectValue
        let messages = try #require(channel?["messages"]?.objectValue)
        let wireNames = messages.members.compactMap { member in
            member.value.objectValue?["$ref"]?.stringValue?.split(separator: "/").last
        }
        #expect(Set(wireNames.map { String($0) }) == Set(kinds.keys))
        for (wireName, kind) in kinds {
            let message = components["messages"]?.objectValue?[wireName]?.objectValue
            let tags = message?["tags"]?.arrayValue?.compactMap { $0.objectValue?["name"] }
            #expect(tags == [.string(kind.rawValue)], "\(wireName) is a \(kind)")
        }
    }

    @Test(arguments: [
        ("\"minor\": 2500000", "\"minor\": \"2500000\"", "another type"),
        ("\"minor\": 2500000,", "", "missing"),
        ("\"minor\": 2500000", "\"minor\": 2500000, \"more\": 1", "not described"),
        ("\"asset\": \"USDC\"", "\"asset\": \"EUR\"", "not listed"),
        ("\"organisation\": \"org_", "\"organisation\": \"wal_", "another form"),
        ("\"type\": \"policy.authorize-payments.v1\"", "\"type\": \"other\"", "another constant"),
    ])
    func `a planted mistake is found`(right: String, wrong: String, finding: String) throws {
        let file = try #require(
            try GoldenFile.all().first { $0.name == AuthorizePayments.wireName }
        )
        #expect(file.text.contains(right))
        let planted = file.text.replacing(right, with: wrong)
        let value = try JSONValue(parsing: Array(planted.utf8))
        let findings = try findings(in: value, file.wireName)
        #expect(findings.contains { $0.hasSuffix(finding) }, "\(findings)")
    }

    private func findings(in envelope: JSONValue, _ wireName: String) throws -> [String] {
        let messages = components["messages"]?.objectValue
        let schema = try #require(messages?[wireName]?.objectValue?["payload"])
        let schemas = try #require(components["schemas"]?.objectValue)
        return SchemaChecker(schemas: schemas).findings(envelope, schema)
    }

    private func collect(_ value: JSONValue, into references: inout [String]) {
        for element in value.arrayValue ?? [] { collect(element, into: &references) }
        for member in value.objectValue?.members ?? [] {
            if member.key == "$ref", let text = member.value.stringValue { references.append(text) }
            collect(member.value, into: &references)
        }
    }

    private static func kinds<Input>(of table: InputTable<Input>) -> [String: MessageKind] {
        var kinds: [String: MessageKind] = [:]
        for wireName in table.wireNames { kinds[wireName] = table[wireName]?.kind }
        return kinds
    }
}
