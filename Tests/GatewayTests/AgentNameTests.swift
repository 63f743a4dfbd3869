import Contracts
import Foundation
import GatewayCore
import HTTP
import JSON
import Testing

@testable import Dialects

/// R5: one text has one meaning in all dialects (API.md, section 1).
@Suite("The names of agents in NetAuth's dialect") struct AgentNameTests {
    @Test(arguments: [
        ("bob", "bob"), ("agent:bob", "bob"), ("agent:Shop2.Example", "Shop2.Example"),
        ("AGENT:shop.example", "shop.example"), ("v1.2", "v1.2"),
        ("agent:27821234567", "27821234567"),
    ])
    func `a name is an agent's, with agent before it in any case`(
        text: String,
        name: String
    ) throws {
        #expect(try AgentOperations.name(of: text) == name)
    }

    @Test(arguments: [
        "Shop2.Example", "c6d0c728-2624-429b-8e0d-d9d19b6592fa",
        "C6D0C728-2624-429B-8E0D-D9D19B6592FA", "11111111111111111111111111111111",
        "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2", "27821234567", "wal_1", "pay_1",
    ])
    func `what reads as something else is that, and the refusal says how to write it`(
        text: String
    ) throws {
        let misread = #expect(throws: AgentOperations.Misread.self) {
            try AgentOperations.name(of: text)
        }
        let reason = try #require(misread?.reason)
        #expect(reason.contains("agent:") || text.hasPrefix("wal_"), "\(reason)")
    }

    @Test(arguments: ["fromAgentId", "toAgentId"])
    func `nothing is asked for a payment of a text that means something else`(
        field: String
    ) async throws {
        let bench = try GatewayBench()
        var body: JSONObject = ["fromAgentId": "alice", "toAgentId": "bob", "amount": .integer(5)]
        body[field] = "shop.example"
        let text = String(decoding: JSONValue.object(body).bytes(), as: UTF8.self)
        let answer = await bench.send(.post, "/api/payments/send", as: .admin, text: text)
        #expect(answer.status == 400)
        #expect(answer.object["error"]?.stringValue?.contains("agent:shop.example") == true)
        #expect(bench.services.questions.isEmpty)
        let balance = await bench.send(.get, "/api/agents/shop.example/balance", as: .admin)
        #expect(balance.status == 400)
    }
}
