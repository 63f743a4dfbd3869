import Contracts
import Messaging
import PolicyCore
import Testing

/// A request of several payments under one key (R29, F6, review 4).
@Suite("Compound requests") struct CompoundTests {
    private static let earlier = ["tx_k", "tx_k0"]

    @Test func `more items under the same key are refused as a whole`() throws {
        let harness = try PolicyHarness(.limits(day: 1000))
        #expect(try decided(send(harness, ["k0", "k1"], "AB")) == ["tx_k0", "tx_k1"])
        let more = try send(harness, ["k0", "k1", "k2"], "ABC")
        #expect(decided(more).isEmpty)
        #expect(
            refusals(more) == [.idempotencyConflict, .idempotencyConflict, .idempotencyConflict]
        )
        let one = try send(harness, ["k"], "A")
        #expect(decided(one).isEmpty && refusals(one) == [.idempotencyConflict])
        #expect(try harness.budget().windows.first?.used == "0.00002")
    }

    @Test func `more items than one under the same key are refused as a whole`() throws {
        let harness = try PolicyHarness(.limits(day: 1000))
        #expect(try decided(send(harness, ["k"], "B")) == ["tx_k"])
        let more = try send(harness, ["k0", "k1"], "BC")
        #expect(decided(more).isEmpty && refusals(more).count == 2)
        #expect(try harness.budget().windows.first?.used == "0.00001")
    }

    @Test func `the same content meets its first decisions`() throws {
        let harness = try PolicyHarness(.limits(day: 1000))
        _ = try send(harness, ["k0", "k1"], "AB")
        let again = try send(harness, ["k0", "k1"], "AB")
        #expect(decided(again) == ["tx_k0", "tx_k1"])
        #expect(again.map(\.route) == [.direct(.settlement)])
        #expect(try harness.budget().windows.first?.used == "0.00002")
    }

    @Test func `a conflict is one also when its parts come in messages of their own`() throws {
        let harness = try PolicyHarness(.limits(day: 1000))
        _ = try send(harness, ["k0"], "AB")
        let part = try send(harness, ["k9"], "ABC")
        #expect(decided(part).isEmpty && refusals(part) == [.idempotencyConflict])
        #expect(try decided(send(harness, ["k1"], "AB")) == ["tx_k1"])
    }

    @Test func `two requests of one key in one message are one and a conflict`() throws {
        let harness = try PolicyHarness(.limits(day: 1000))
        let orders = try ["AB", "ABC"].flatMap { content in
            try (0..<content.count).map { try part(harness, "k\($0)", content) }
        }
        let outgoing = try harness.send(
            .authorizePayments(AuthorizePayments(payments: orders))
        )
        #expect(decided(outgoing) == ["tx_k0", "tx_k1"])
        #expect(refusals(outgoing).count == 3)
    }

    @Test func `payments of before compounds were kept are recognised`() throws {
        let harness = try PolicyHarness(.limits(day: 1000))
        let old = try ["k0", "k1"].map { identifier in
            var order = try part(harness, identifier, "AB")
            order.compound = nil
            return order
        }
        _ = try harness.send(.authorizePayments(AuthorizePayments(payments: old)))
        #expect(try decided(send(harness, ["k0", "k1", "k2"], "ABC")).isEmpty)
        #expect(try decided(send(harness, ["k"], "A")).isEmpty)
        #expect(
            try send(harness, ["k0", "k1"], "AB").map(\.route) == [.direct(.settlement)]
        )
    }

    @Test func `a request that was refused before anything was decided uses no key up`() throws {
        let harness = try PolicyHarness(.limits(day: 1000))
        var order = try part(harness, "k0", "AB")
        order.wallet = Wallet.ID("wal_nobody")
        let refused = try harness.send(.authorizePayments(AuthorizePayments(payments: [order])))
        #expect(refusals(refused) == [.notFound])
        #expect(try decided(send(harness, ["k"], "A")) == ["tx_k"])
    }

    // MARK: Sending

    private func part(
        _ harness: PolicyHarness,
        _ identifier: String,
        _ content: String
    ) throws -> PaymentOrder {
        var order = harness.order(identifier, 10, digest: content)
        order.compound = CompoundRequest(
            identity: "k",
            digest: PolicyHarness.digest(content),
            earlier: Self.earlier
        )
        return order
    }

    private func send(
        _ harness: PolicyHarness,
        _ identifiers: [String],
        _ content: String
    ) throws -> [Outgoing] {
        let orders = try identifiers.map { try part(harness, $0, content) }
        return try harness.send(.authorizePayments(AuthorizePayments(payments: orders)))
    }

    private func decided(_ outgoing: [Outgoing]) -> [String] {
        let orders = outgoing.compactMap { $0.body as? ExecutePayments }.flatMap(\.payments)
        #expect(orders.allSatisfy { $0.order.compound == nil }, "it stays with Policy")
        return orders.map(\.order.id.rawValue)
    }

    private func refusals(_ outgoing: [Outgoing]) -> [RequestRefused.Code] {
        outgoing.compactMap { $0.body as? PaymentOutcomes }.flatMap(\.outcomes).compactMap {
            $0.refusal?.code
        }
    }
}
