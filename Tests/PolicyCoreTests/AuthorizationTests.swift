import Contracts
import Messaging
import PolicyCore
import Storage
import Testing

@Suite("Authorizations and approvals") struct AuthorizationTests {
    @Test func `a repeat meets its first decision and reserves nothing more`() throws {
        let harness = try PolicyHarness(.limits(day: 100))
        #expect(try harness.pay("a", 60) == .approved)
        let again = try harness.send(
            .authorizePayments(AuthorizePayments(payments: [harness.order("a", 60)]))
        )
        #expect(again.map(\.route) == [.direct(.settlement)])
        #expect(try harness.budget().windows.first?.used == "0.00006")
    }

    @Test func `a key with other content is a conflict and changes nothing`() throws {
        let harness = try PolicyHarness(.limits(day: 100))
        _ = try harness.pay("a", 60)
        let outgoing = try harness.send(
            .authorizePayments(
                AuthorizePayments(payments: [harness.order("a", 60, digest: "other")])
            )
        )
        let outcome = (outgoing.first?.body as? PaymentOutcomes)?.outcomes.first
        #expect(outcome?.refusal?.code == .idempotencyConflict)
        #expect(outgoing.count == 1)
    }

    @Test func `R17: what is given back after its day has rolled is in no later day's windows`()
        throws
    {
        let harness = try PolicyHarness(.limits(day: 100, month: 1000))
        _ = try harness.pay("a", 60)
        harness.now = harness.now.advanced(byMilliseconds: PolicyHarness.day)
        _ = try harness.pay("b", 100)
        let release = ReleaseAuthorizations(payments: [Payment.ID("tx_a")])
        _ = try harness.send(.releaseAuthorizations(release))
        #expect(harness.rules(try harness.pay("c", 1)) == [.maxPerDay])
        #expect(try harness.budget().windows.map(\.used) == ["0.0001", "0.0001"])
        _ = try harness.send(
            .replacePolicy(
                ReplacePolicy(
                    organisation: PolicyHarness.organisation,
                    policy: Policy.ID("pol_test"),
                    expectedVersion: 1,
                    terms: .limits(day: 10)
                )
            )
        )
        let other = ReleaseAuthorizations(payments: [Payment.ID("tx_b")])
        _ = try harness.send(.releaseAuthorizations(other))
        #expect(try harness.budget().windows.map(\.used) == ["0.00"])
        #expect(harness.rules(try harness.pay("d", 11)) == [.maxPerDay])
        #expect(try harness.pay("e", 10) == .approved)
    }

    @Test func `R17: what is given back can be spent again, once`() throws {
        let harness = try PolicyHarness(.limits(day: 100, month: 100, velocity: 2))
        _ = try harness.pay("a", 60)
        _ = try harness.pay("b", 40)
        let release = ReleaseAuthorizations(payments: [Payment.ID("tx_a")])
        _ = try harness.send(.releaseAuthorizations(release))
        _ = try harness.send(.releaseAuthorizations(release))
        #expect(harness.rules(try harness.pay("c", 61)) == [.maxPerDay, .maxPerMonth])
        #expect(try harness.pay("d", 60) == .approved)
        #expect(harness.rules(try harness.pay("e", 1)) == [.maxPerDay, .maxPerMonth, .velocityCap])
    }

    @Test func `an amount above the threshold waits, and counts while it waits`() throws {
        let harness = try PolicyHarness(.limits(day: 100, coSign: 50))
        #expect(try harness.pay("a", 50) == .approved)
        #expect(try harness.pay("b", 51) != .approved)
        let harness2 = try PolicyHarness(.limits(day: 100, coSign: 50))
        #expect(
            try harness2.pay("b", 51) == .needsApproval(approval: Approval.ID("apr_b"))
        )
        #expect(harness2.rules(try harness2.pay("c", 50)) == [.maxPerDay])
        #expect(try decide(harness2, isApproved: false).contains(.denied))
        #expect(try harness2.pay("d", 50) == .approved)
    }

    @Test func `a yes counts from its own time, is used once, and cannot be repeated`() throws {
        let harness = try PolicyHarness(.limits(day: 100, coSign: 50))
        _ = try harness.pay("b", 60)
        harness.now = harness.now.advanced(byMilliseconds: PolicyHarness.hour * 20)
        #expect(try decide(harness, isApproved: true).contains(.approved))
        #expect(try refusal(harness, isApproved: true) == .conflict)
        harness.now = harness.now.advanced(byMilliseconds: PolicyHarness.day - 1)
        #expect(harness.rules(try harness.pay("c", 45)) == [.maxPerDay])
        harness.now = harness.now.advanced(byMilliseconds: 1)
        #expect(try harness.pay("d", 45) == .approved)
    }

    @Test func `a yes after the policy changed is refused and gives everything back`() throws {
        let harness = try PolicyHarness(.limits(day: 100, coSign: 50))
        _ = try harness.pay("b", 60)
        _ = try harness.send(
            .replacePolicy(
                ReplacePolicy(
                    organisation: PolicyHarness.organisation,
                    policy: Policy.ID("pol_test"),
                    expectedVersion: 1,
                    terms: .limits(day: 100, coSign: 70)
                )
            )
        )
        #expect(try refusal(harness, isApproved: true) == .conflict)
        #expect(try harness.pay("c", 60) == .approved)
    }

    @Test func `nobody's answer is a no after a day, also when the service was down`() throws {
        let harness = try PolicyHarness(.limits(day: 100, coSign: 50))
        _ = try harness.pay("b", 60)
        harness.now = harness.now.advanced(byMilliseconds: PolicyHarness.day * 3)
        let outgoing = try harness.send(.pulse)
        let executed = outgoing.compactMap { $0.body as? ExecutePayments }.first
        #expect(
            executed?.payments.first?.decision
                == .notApproved(approval: Approval.ID("apr_b"), status: .expired)
        )
        #expect(try harness.send(.pulse).isEmpty)
    }

    /// Random payments, releases and pauses: the sums that are kept are those that a naive sum
    /// over all entries gives.
    @Test func `the kept sums are exact`() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("seed \(seed)")
        var random = SplitMix(state: seed)
        let harness = try PolicyHarness(.limits(day: 10_000, month: 40_000, velocity: 12))
        var entries: [(id: String, at: Timestamp, amount: Int64)] = []
        for step in 0..<1500 {
            harness.now = harness.now.advanced(
                byMilliseconds: Int64.random(in: 0...1_200_000, using: &random)
            )
            let amount = Int64.random(in: 1...3000, using: &random)
            let now = harness.now
            let today = entries.filter {
                $0.at > now.advanced(byMilliseconds: -PolicyHarness.day)
            }
            let hour = entries.filter {
                $0.at > now.advanced(byMilliseconds: -PolicyHarness.hour)
            }
            let month = entries.filter { $0.at.month == now.month }
            var expected: [PolicyRule] = []
            if today.map(\.amount).reduce(amount, +) > 10_000 { expected.append(.maxPerDay) }
            if month.map(\.amount).reduce(amount, +) > 40_000 { expected.append(.maxPerMonth) }
            if hour.count >= 12 { expected.append(.velocityCap) }
            let decision = try harness.pay("p\(step)", amount)
            #expect(harness.rules(decision) == expected, "seed \(seed), step \(step)")
            if decision == .approved { entries.append(("p\(step)", now, amount)) }
            if Int.random(in: 0..<10, using: &random) == 0,
                let victim = entries.indices.randomElement(using: &random)
            {
                let payment = Payment.ID("tx_" + entries[victim].id)
                _ = try harness.send(
                    .releaseAuthorizations(ReleaseAuthorizations(payments: [payment]))
                )
                entries.remove(at: victim)
            }
        }
    }

    private func decide(
        _ harness: PolicyHarness,
        isApproved: Bool
    ) throws -> [ApprovalSnapshot.Status] {
        try send(harness, isApproved).compactMap { ($0.body as? ApprovalReply)?.approval.status }
    }

    private func refusal(
        _ harness: PolicyHarness,
        isApproved: Bool
    ) throws -> RequestRefused.Code? {
        try send(harness, isApproved).compactMap { ($0.body as? RequestRefused)?.code }.first
    }

    private func send(_ harness: PolicyHarness, _ isApproved: Bool) throws -> [Outgoing] {
        try harness.send(
            .decideApproval(
                DecideApproval(
                    organisation: PolicyHarness.organisation,
                    approval: Approval.ID("apr_b"),
                    isApproved: isApproved,
                    decidedBy: APIKey.ID("key_1")
                )
            )
        )
    }
}

private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
