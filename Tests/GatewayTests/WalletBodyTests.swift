import Contracts
import GatewayCore
import HTTP
import JSON
import Messaging
import Testing

@testable import Dialects

/// What the bodies of wallets and policies must and may say (API.md, section 1).
@Suite struct `A body of a wallet or policy` {
    private let bench: GatewayBench
    private let answers: Asked

    /// What the gateway asked for.
    private final class Asked {
        var policy = PolicySnapshot(
            id: Policy.ID("pol_a"),
            version: 1,
            isPreset: false,
            terms: PolicyTerms(name: "A", currency: .usdc),
            createdAt: Timestamp(milliseconds: 0),
            updatedAt: Timestamp(milliseconds: 0)
        )
    }

    init() throws {
        bench = try GatewayBench()
        let answers = Asked()
        self.answers = answers
        bench.services.answer = { question throws(AskFailure) in
            question is GetPolicy ? PolicyReply(policy: answers.policy) : nil
        }
    }

    private func fields(_ answer: Answer) -> [String?] {
        (answer.error["errors"]?.arrayValue ?? []).map {
            $0.objectValue?["field"]?.stringValue
        }
    }

    @Test(arguments: [
        (#"{"agentId":"a"}"#, ["label", "policyId"]),
        (#"{"agentId":"a","label":"A"}"#, ["policyId"]),
        (#"{"agentId":"a","label":null,"policyId":null}"#, ["label", "policyId"]),
        (#"{"agent_id":"a","label":"","policy_id":"pol_open"}"#, ["label"]),
        (#"{}"#, ["agentId", "label", "policyId"]),
    ])
    func `a wallet has an agent, a label and a policy`(text: String, missing: [String]) async {
        let answer = await bench.send(.post, "/v1/wallets", text: text)
        #expect(answer.status == 400 && fields(answer) == missing)
        #expect(bench.services.questions.isEmpty)
    }

    @Test func `thresholds are amounts by asset`() async throws {
        _ = await bench.send(
            .post,
            "/v1/wallets",
            text: """
                {"agentId":"a","label":"A","policyId":"pol_a",
                "low_balance":{"USDC":"10.50","SOL":"0.000000001"}}
                """
        )
        let asked = try #require(bench.services.take(OpenWallet.self).first)
        #expect(
            asked.lowBalances == [
                Money(minorUnits: 1, asset: .sol), Money(minorUnits: 10_500_000, asset: .usdc),
            ]
        )
        #expect(asked.label == "A" && asked.policy == Policy.ID("pol_a"))
    }

    @Test(arguments: [
        (#"{"USDC":"0"}"#, "lowBalance.USDC"), (#"{"USDC":5}"#, "lowBalance.USDC"),
        (#"{"USDC":null}"#, "lowBalance.USDC"), (#"{"EUR":"1"}"#, "lowBalance.EUR"),
        (#"{"USDC":"1.0000001"}"#, "lowBalance.USDC"), (#""5.00""#, "lowBalance"),
        (#"["5.00"]"#, "lowBalance"),
    ])
    func `what is no threshold is refused by its place`(value: String, field: String) async {
        let answer = await bench.send(
            .patch,
            "/v1/wallets/wal_a",
            text: #"{"lowBalance":\#(value)}"#
        )
        #expect(answer.status == 400 && fields(answer) == [field])
        #expect(bench.services.questions.isEmpty)
    }

    @Test(arguments: [
        (#"{"lowBalance":null}"#, true), (#"{"lowBalance":{}}"#, true), ("{}", false),
    ])
    func `null and an empty object take thresholds away`(text: String, clears: Bool) async throws {
        _ = await bench.send(.patch, "/v1/wallets/wal_a", text: text)
        let asked = try #require(bench.services.take(UpdateWallet.self).first)
        #expect(asked.lowBalances == (clears ? [] : nil))
    }

    @Test(arguments: [
        (#"{"name":"p","limits":{"USDC":{"maxPerTx":"5.00"}}}"#, "5.00"),
        (#"{"name":"p","maxPerTx":"5","limits":{"USDC":{"maxPerTx":"5.00"}}}"#, "5.00"),
        (#"{"name":"p","maxPerTx":"5","limits":{"USDC":{"maxPerDay":"9"}}}"#, "5.00"),
        (#"{"name":"p","max_per_tx":"5","limits":{"USDC":{},"SOL":{}}}"#, "5.00"),
        (#"{"name":"p","maxPerTx":null,"limits":{"USDC":{"maxPerTx":null}}}"#, nil),
    ])
    func `limits may name the policy's own currency`(text: String, limit: String?) async throws {
        _ = await bench.send(.post, "/v1/policies", text: text)
        let asked = try #require(bench.services.take(CreatePolicy.self).first)
        let own = asked.terms.limits.filter { $0.asset == .usdc }
        #expect(own.count == 1)
        #expect(own.first?.maxPerTx.map { Money(minorUnits: $0, asset: .usdc).text } == limit)
    }

    @Test(arguments: [
        #"{"name":"p","maxPerTx":"5","limits":{"USDC":{"maxPerTx":"6"}}}"#,
        #"{"name":"p","maxPerTx":"5","limits":{"USDC":{"maxPerTx":null}}}"#,
        #"{"name":"p","maxPerTx":null,"limits":{"USDC":{"max_per_tx":"6"}}}"#,
        #"{"name":"p","currency":"SOL","maxPerTx":"5","limits":{"SOL":{"maxPerTx":"5.1"}}}"#,
    ])
    func `limits that contradict the policy are refused`(text: String) async {
        let answer = await bench.send(.post, "/v1/policies", text: text)
        #expect(answer.status == 400)
        #expect(fields(answer).first??.hasSuffix("maxPerTx") == true)
        #expect(bench.services.questions.isEmpty)
    }

    @Test func `a change may lift a limit of the policy's own currency where limits names it`()
        async throws
    {
        answers.policy.terms.limits = [AssetLimits(asset: .usdc, maxPerTx: 5, maxPerDay: 9)]
        _ = await bench.send(
            .patch,
            "/v1/policies/pol_a",
            text: #"{"limits":{"USDC":{"maxPerTx":null}}}"#
        )
        let asked = try #require(bench.services.take(ReplacePolicy.self).first)
        #expect(asked.terms.limits == [AssetLimits(asset: .usdc, maxPerDay: 9)])
    }
}
