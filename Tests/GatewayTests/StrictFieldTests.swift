import Contracts
import GatewayCore
import HTTP
import JSON
import Messaging
import Testing

@testable import Dialects

/// What shapes money refuses fields that it does not know (stranger 4; `API.md`, section 0).
@Suite struct `An object that shapes money` {
    private static let operations = [
        "createPolicy", "updatePolicy", "simulatePolicy", "createWallet", "updateWallet",
        "registerDestination", "createKey", "createOrganisation", "updateOrganisation",
        "createEscrow", "resolveEscrow", "createWebhook", "updateWebhook",
    ]

    private let bench: GatewayBench

    init() throws {
        bench = try GatewayBench()
        bench.services.answer = { question throws(AskFailure) in
            guard question is GetPolicy else { return nil }
            return PolicyReply(
                policy: PolicySnapshot(
                    id: Policy.ID("pol_a"),
                    version: 1,
                    isPreset: false,
                    terms: PolicyTerms(name: "A", currency: .usdc),
                    createdAt: Timestamp(milliseconds: 0),
                    updatedAt: Timestamp(milliseconds: 0)
                )
            )
        }
    }

    @Test func `it is described as one without other fields`() {
        let strict = NativeDialect.operations.filter(\.isStrict).map(\.id)
        #expect(Set(strict).isSuperset(of: Self.operations))
    }

    @Test(arguments: NativeDialect.operations.filter(\.isStrict).map(\.id))
    func `it refuses a field that it does not know, and names it`(id: String) async throws {
        let operation = try #require(NativeDialect.operations.first { $0.id == id })
        let path = operation.path.split(separator: "/").map { segment in
            segment.hasPrefix("{") ? "\(prefix(of: segment))_a" : String(segment)
        }.joined(separator: "/")
        let keyClass: KeyClass = operation.classes == [.root] ? .root : .admin
        for text in [#"{"maxPerTransaction":"5.00"}"#, #"{"max_per_transaction":null}"#] {
            let answer = await bench.send(operation.method, "/" + path, as: keyClass, text: text)
            #expect(answer.status == 400)
            let problems = answer.error["errors"]?.arrayValue?.compactMap(\.objectValue) ?? []
            #expect(
                problems.contains {
                    $0["field"]?.stringValue?.lowercased().hasPrefix("max") == true
                        && $0["code"] == "unknown"
                }
            )
        }
        #expect(bench.services.changes.isEmpty)
    }

    @Test(arguments: [
        #"{"name":"p","limits":{"SOL":{"maxPerTransaction":"5.00"}}}"#,
        #"{"name":"p","limits":{"maxPerTx":"5.00"}}"#,
        #"{"name":"p","limits":{"SOL":{"limits":{"maxPerTx":"1"}}}}"#,
        #"{"name":"p","policy":{"maxPerTx":"5.00"}}"#,
        #"{"name":"p","MaxPerTx":"5.00"}"#, #"{"name":"p","maxpertx":"5.00"}"#,
        #"{"name":"p","max_perTx":"5.00"}"#,
    ])
    func `a policy with a limit in another place or spelling is none`(text: String) async {
        let answer = await bench.send(.post, "/v1/policies", text: text)
        #expect(answer.status == 400)
        #expect(bench.services.questions.isEmpty)
    }

    @Test func `both spellings of a field that is known are taken, and so is a key`() async throws {
        for text in [
            #"{"name":"p","maxPerTx":"5.00","idempotencyKey":"k","maxPerDay":null}"#,
            #"{"name":"p","max_per_tx":"5.00","idempotency_key":"k"}"#,
        ] {
            _ = await bench.send(.post, "/v1/policies", text: text)
            let asked = try #require(bench.services.take(CreatePolicy.self).first)
            #expect(asked.terms.limits.first?.maxPerTx == 5_000_000)
        }
    }

    @Test func `a payment goes on ignoring what it does not know`() async {
        bench.services.answer = { question throws(AskFailure) in
            (question as? AuthorizePayments)?.payments.first.map { GatewayBench.outcome(of: $0) }
        }
        let body =
            #"{"walletId":"wal_payer","to":"a.example","amount":"1","currency":"USDC","x":1}"#
        let answer = await bench.send(.post, "/v1/payments", as: .agent, text: body)
        #expect(answer.status == 200)
        let strict = await bench.send(
            .post,
            "/v1/payments",
            as: .agent,
            headers: [("Pursestrings-Strict", "1")],
            text: body
        )
        #expect(strict.status == 400)
    }

    private func prefix(of segment: Substring) -> String {
        let names = [
            "{policy_id}": "pol", "{wallet_id}": "wal", "{escrow_id}": "escrow",
            "{webhook_id}": "whe", "{event_id}": "evt",
            "{approval_id}": "apr",
        ]
        return names[String(segment)] ?? "org"
    }
}
