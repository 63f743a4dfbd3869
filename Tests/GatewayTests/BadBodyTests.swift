import Contracts
import GatewayCore
import HTTP
import JSON
import Messaging
import Testing

@testable import Dialects

/// Every field of every body with values that it must not have.
@Suite struct `Bodies that are wrong` {
    private let bench: GatewayBench

    init() throws {
        bench = try GatewayBench()
        bench.services.answer = { question throws(AskFailure) in
            // The policy that a change starts from.
            guard question is GetPolicy else { return nil }
            let terms = PolicyTerms(name: "Old")
            let time = Timestamp(milliseconds: 0)
            return PolicyReply(
                policy: PolicySnapshot(
                    id: Policy.ID("pol_x"),
                    version: 1,
                    isPreset: false,
                    terms: terms,
                    createdAt: time,
                    updatedAt: time
                )
            )
        }
    }

    @Test(arguments: Field.all)
    func `a field with a wrong value is named, and nothing is changed`(field: Field) async {
        for value in field.wrongValues {
            let answer = await send(field, [(field.name, value)])
            #expect(answer.status == 400, "\(field) \(value)")
            #expect(answer.code == "invalid_request", "\(field) \(value)")
            #expect(
                answer.fields.contains { $0.hasPrefix(field.name) },
                "\(field) \(value) \(answer.fields)"
            )
            #expect(answer.error["outcome"] == "not_applied")
        }
        #expect(bench.services.changes.isEmpty, "\(field)")
    }

    @Test(arguments: Field.all.filter(\.isRequired))
    func `a required field that is missing or null is named`(field: Field) async {
        for change in [nil, JSONValue.null] {
            let answer = await send(field, [(field.name, change)])
            #expect(answer.status == 400, "\(field)")
            #expect(answer.fields == [field.name], "\(field)")
        }
        #expect(bench.services.changes.isEmpty)
    }

    @Test func `all that is wrong is told at once`() async {
        let answer = await bench.send(
            .post,
            "/v1/payments",
            text: #"{"walletId":7,"to":"","amount":"-1","currency":"EUR","memo":false}"#
        )
        #expect(Set(answer.fields) == ["walletId", "to", "amount", "currency", "memo"])
    }

    @Test func `an unknown field is ignored, or refused if one asks for it`() async {
        let body = payment(#""more":1"#)
        _ = await bench.send(.post, "/v1/payments", text: body)
        #expect(bench.services.take(AuthorizePayments.self).count == 1)
        let strict = [("Pursestrings-Strict", "1")]
        let answer = await bench.send(.post, "/v1/payments", headers: strict, text: body)
        #expect(answer.fields == ["more"])
        #expect(bench.services.changes.isEmpty)
    }

    @Test func `two spellings with two values contradict each other`() async {
        let body = #"{"name":"P","maxPerTx":"1","max_per_tx":"2"}"#
        let answer = await bench.send(.post, "/v1/policies", text: body)
        #expect(answer.fields == ["maxPerTx"])
    }

    @Test(arguments: [
        "", "[]", "null", "1", "\"x\"", "{\"name\":\"P\"} x", "{\"name\":\"P\",\"name\":\"Q\"}",
        "{\"name\":\"a\\u0000b\"}", "{\"name\":\"\\ud800\"}", "{name:1}", "{'name':1}",
        "{\"name\":\"P\",}", "\u{FEFF}{\"name\":\"P\"}", "{\"name\":01}", "{\"name\":NaN}",
        "{\"name\":\"P\",\"x\":" + String(repeating: "[", count: 64)
            + String(repeating: "]", count: 64) + "}",
    ])
    func `what is not JSON by the rules is refused`(text: String) async {
        let json = [("Content-Type", "application/json")]
        let answer = await bench.send(.post, "/v1/policies", headers: json, text: text)
        #expect(answer.status == 400)
        #expect(answer.code == "invalid_request")
        #expect(bench.services.questions.isEmpty)
    }

    @Test func `sixty-four levels are read`() async {
        let levels = String(repeating: "[", count: 63) + String(repeating: "]", count: 63)
        _ = await bench.send(.post, "/v1/payments", text: payment(#""x":\#(levels)"#))
        #expect(bench.services.take(AuthorizePayments.self).count == 1)
    }

    @Test func `an unknown limit of another asset is refused`() async {
        let body = #"{"name":"P","limits":{"SOL":{"maxPerTx":"1","more":"1"}}}"#
        let answer = await bench.send(.post, "/v1/policies", text: body)
        #expect(answer.fields == ["limits.SOL.more"])
    }

    /// A payment's body with another field.
    private func payment(_ more: String) -> String {
        #"{"walletId":"wal_a","to":"a.example","amount":"1","currency":"USDC",\#(more)}"#
    }

    @Test func `a body that nobody asked for is a good one all the same`() async {
        for text in ["{", "[]", "{\"a\":1,\"a\":1}"] {
            let answer = await bench.send(.post, "/v1/wallets/wal_x/freeze", text: text)
            #expect(answer.status == 400)
        }
        let plain = [("Content-Type", "text/plain")]
        let answer = await bench.send(
            .post,
            "/v1/wallets/wal_x/freeze",
            headers: plain,
            text: "{}"
        )
        #expect(answer.status == 415)
        #expect(bench.services.questions.isEmpty)
    }

    @Test func `bytes that are not UTF-8 are refused`() async {
        let body = Array(#"{"name":""#.utf8) + [0xC3, 0x28] + Array(#""}"#.utf8)
        #expect(await bench.send(.post, "/v1/policies", body: body).status == 400)
    }

    @Test func `another content type is refused`() async {
        for type in ["text/plain", "application/x-www-form-urlencoded", ""] {
            let answer = await bench.send(
                .post,
                "/v1/policies",
                headers: [("Content-Type", type)],
                text: #"{"name":"P"}"#
            )
            #expect(answer.status == 415)
        }
    }

    /// Sends a good body with some members changed or, for `nil`, left out.
    private func send(_ field: Field, _ changes: [(String, JSONValue?)]) async -> Answer {
        var body = field.goodBody
        for (name, value) in changes { body[name] = value }
        return await bench.send(
            field.operation.method,
            `The routes of the native dialect`.target(of: field.operation),
            as: field.operation.classes.contains(.admin) ? .admin : .root,
            body: JSONValue.object(body).bytes()
        )
    }
}
