import Contracts
import SettlementCore
import Testing

/// Agents by their names, their own keys, and their payments by their place.
@Suite struct `Agents` {
    private static let key = "7xKXtg2CW87d97TXJSDpbD5jBkheTqA83TZRuJosgAsU"

    private let harness: SettlementHarness

    init() throws {
        harness = try SettlementHarness.withWallets()
    }

    private func find(_ agents: [String], _ wallets: [String] = []) throws -> [KnownAgent] {
        let question = FindAgents(
            organisation: SettlementHarness.organisation,
            agents: agents,
            wallets: wallets.map { Wallet.ID($0) }
        )
        return try harness.ask(.findAgents(question), AgentList.self).agents
    }

    private func browse(
        _ wallet: String,
        _ statuses: [PaymentStatus] = [],
        limit: Int = 10,
        offset: Int = 0
    ) throws -> PaymentPage {
        let question = BrowsePayments(
            organisation: SettlementHarness.organisation,
            party: Wallet.ID(wallet),
            asset: .usdc,
            statuses: statuses,
            limit: limit,
            offset: offset
        )
        return try harness.ask(.browsePayments(question), PaymentPage.self)
    }

    @Test func `agents are found by name and by wallet, others are left out`() throws {
        let payer = try harness.wallet("wal_ada")
        let found = try find([payer.agent, "nobody"], [payer.id.rawValue, "wal_nobody"])
        #expect(found == [KnownAgent(agent: payer.agent, wallet: payer.id)].repeated(2))
        let foreign = FindAgents(organisation: Organisation.ID("org_2"), agents: [payer.agent])
        #expect(try harness.ask(.findAgents(foreign), AgentList.self).agents.isEmpty)
        let many = FindAgents(
            organisation: SettlementHarness.organisation,
            agents: (0...FindAgents.maximumCount).map(String.init)
        )
        #expect(try harness.refusal(.findAgents(many)) == .invalidRequest)
    }

    @Test func `an agent's own key is an address of its wallet, and nobody else's`() throws {
        var opening = harness.opening("keyed")
        opening.publicKey = Self.key
        _ = try harness.send(.openWallet(opening))
        #expect(try harness.wallet("wal_keyed").publicKey == Self.key)
        let paid = try harness.execute(
            harness.order("one", 40, to: Destination(kind: .solana, value: Self.key))
        )
        #expect(paid.payment?.recipientWallet == opening.wallet)
        var other = harness.opening("other")
        other.publicKey = Self.key
        #expect(try harness.refusal(.openWallet(other)) == .conflict)
        other.publicKey = "short"
        #expect(try harness.refusal(.openWallet(other)) == .invalidRequest)
        var changed = opening
        changed.publicKey = nil
        #expect(try harness.refusal(.openWallet(changed)) == .idempotencyConflict)
    }

    @Test func `payments have places, newest first, and are counted`() throws {
        for number in 1...4 {
            _ = try harness.execute(harness.order("p\(number)", number == 3 ? 1_000_000_000 : 10))
        }
        let all = try browse("wal_ada")
        #expect(all.total == 4 && all.payments.count == 4)
        #expect(all.payments.map(\.status) == [.confirmed, .failed, .confirmed, .confirmed])
        #expect(all.payments.allSatisfy { $0.endedAt != nil })
        #expect(try browse("wal_bob").total == 4, "a failed payment has its receiver, too")
        let part = try browse("wal_ada", limit: 2, offset: 1)
        #expect(part.payments == Array(all.payments[1...2]) && part.total == 4)
        #expect(try browse("wal_ada", [.failed, .blocked]).payments == [all.payments[1]])
        #expect(try browse("wal_ada", limit: 0).payments.isEmpty)
        #expect(try browse("wal_ada", offset: 4).payments.isEmpty)
    }

    @Test func `metadata is kept, and refused when it is too long`() throws {
        var order = harness.order("one", 10)
        order.metadata = #"{"a":1}"#
        #expect(try harness.execute(order).payment?.metadata == #"{"a":1}"#)
        var long = harness.order("two", 10)
        long.metadata = String(repeating: "x", count: 4097)
        #expect(try harness.execute(long).outcome?.refusal?.code == .invalidRequest)
        #expect(try harness.available("wal_ada") == 99_999_990)
    }
}

extension Array {
    fileprivate func repeated(_ count: Int) -> [Element] {
        Array(repeatElement(self, count: count).joined())
    }
}
