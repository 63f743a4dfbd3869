import Contracts
import EscrowCore
import Foundation
import JSON
import Messaging
import NotifierCore
import PolicyCore
import SettlementCore
import Testing

/// What comes over the bus is refused as what comes over HTTP is: every bound that the AsyncAPI
/// document states of a request is broken in its golden file, one at a time (case R18).
@Suite("The bounds of requests") struct BoundsTests {
    /// Names of what exists already: a text that is no identifier names nothing, as any unknown
    /// one does, and is answered so.
    private static let references: Set<String> = [
        "wallet", "wallets", "policy", "payment", "actor", "party", "payer", "arbiter", "from",
        "receiverWallet", "createdBy", "group", "release", "escrow", "endpoint", "approval",
        "event", "entry",
    ]

    /// A payload in which one bound is broken.
    private struct Break {
        var path: String
        var rule: String
        var value: JSONValue
    }

    private let messages: JSONObject
    private let schemas: JSONObject

    init() throws {
        let file = GoldenFile.contracts.appendingPathComponent("Contracts.docc/asyncapi.json")
        let document = try JSONValue(parsing: Array(try Data(contentsOf: file))).objectValue
        let components = try #require(document?["components"]?.objectValue)
        messages = try #require(components["messages"]?.objectValue)
        schemas = try #require(components["schemas"]?.objectValue)
    }

    @Test func `a request that breaks a stated bound is refused before it is handled`() throws {
        var count = 0
        count += try expectRefusals(by: PolicyInput.table) { input in
            guard case .authorizePayments(let message) = input else { return nil }
            return message.payments.lazy.compactMap(\.formProblem).first
        }
        count += try expectRefusals(by: SettlementInput.table) { _ in nil }
        count += try expectRefusals(by: EscrowInput.table) { _ in nil }
        count += try expectRefusals(by: NotifierInput.table) { _ in nil }
        #expect(count > 300, "\(count) bounds were broken")
    }

    /// Breaks every bound of every request and question; `item` says what is wrong with an item
    /// that is refused alone.
    private func expectRefusals<Input>(
        by table: InputTable<Input>,
        item: (Input) -> String?
    ) throws -> Int {
        var count = 0
        for file in try GoldenFile.all() where file.name == file.wireName {
            guard let entry = table[file.wireName], entry.kind == .request || entry.kind == .query
            else { continue }
            let envelope = try #require(
                try JSONValue(parsing: Array(file.text.utf8)).objectValue
            )
            func problem(_ payload: JSONValue) -> String? {
                var changed = envelope
                changed["payload"] = payload
                do {
                    let bytes = JSONValue.object(changed).bytes()
                    return item(try entry.decode(try ReceivedEnvelope(bytes: bytes)))
                } catch {
                    return "\(error)"
                }
            }
            let payload = try #require(envelope["payload"])
            let found = problem(payload)
            #expect(found == nil, "Golden/\(file.name).json")
            for broken in breaks(of: payload, try schema(of: file.wireName), at: "") {
                if entry.kind == .query, broken.rule == "additionalProperties" { continue }
                count += 1
                #expect(
                    problem(broken.value) != nil || Self.isReference(broken),
                    "\(file.wireName)\(broken.path) breaks \(broken.rule)"
                )
            }
        }
        return count
    }

    private static func isReference(_ broken: Break) -> Bool {
        let name = broken.path.split(separator: ".").last?.prefix { $0 != "[" } ?? ""
        return broken.rule == "pattern" && references.contains(String(name))
    }

    private func schema(of wireName: String) throws -> JSONValue {
        let parts = messages[wireName]?.objectValue?["payload"]?.objectValue?["allOf"]?.arrayValue
        let own = parts?.last?.objectValue?["properties"]?.objectValue
        return try #require(own?["payload"], "\(wireName)")
    }

    /// The values that break one rule each of a schema which the value fits.
    private func breaks(of value: JSONValue, _ schema: JSONValue, at path: String) -> [Break] {
        guard let schema = schema.objectValue else { return [] }
        return schema.members.flatMap { member -> [Break] in
            switch member.key {
            case "$ref":
                let name = member.value.stringValue?.split(separator: "/").last ?? ""
                return schemas[String(name)].map { breaks(of: value, $0, at: path) } ?? []
            case "allOf":
                return (member.value.arrayValue ?? []).flatMap { breaks(of: value, $0, at: path) }
            case "properties":
                return (value.objectValue?.members ?? []).flatMap { property -> [Break] in
                    guard let rules = member.value.objectValue?[property.key] else { return [] }
                    return breaks(of: property.value, rules, at: path + "." + property.key).map {
                        var object = value.objectValue ?? [:]
                        object[property.key] = $0.value
                        return Break(path: $0.path, rule: $0.rule, value: .object(object))
                    }
                }
            case "items":
                guard let items = value.arrayValue, let first = items.first else { return [] }
                return breaks(of: first, member.value, at: path + "[0]").map {
                    Break(
                        path: $0.path,
                        rule: $0.rule,
                        value: .array([$0.value] + items.dropFirst())
                    )
                }
            default:
                return Self.broken(member, value).map {
                    [Break(path: path, rule: member.key, value: $0)]
                } ?? []
            }
        }
    }

    /// A value that breaks one rule, or `nil` for what is no bound.
    private static func broken(_ rule: JSONObject.Member, _ value: JSONValue) -> JSONValue? {
        var number: Int64 = 0
        if case .number(let bound) = rule.value { number = bound.integer ?? 0 }
        switch rule.key {
        case "minimum": return .integer(number - 1)
        case "maximum": return .integer(number + 1)
        case "minLength":
            return number == 0 ? nil : .string(String(repeating: "x", count: Int(number) - 1))
        case "maxLength": return .string(String(repeating: "x", count: Int(number) + 1))
        case "maxItems":
            let items = value.arrayValue ?? []
            return items.first.map { .array(Array(repeating: $0, count: Int(number) + 1)) }
        case "pattern", "enum", "const": return .string("?")
        case "additionalProperties" where rule.value == .bool(false):
            var object = value.objectValue ?? [:]
            object["unheard"] = .integer(1)
            return .object(object)
        default: return nil
        }
    }
}
