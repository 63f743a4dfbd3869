import Contracts
import Messaging
import PolicyCore
import Testing

/// Amounts at the edges of what can be counted: review 1, F1, R31, O1, O2.
@Suite("Amounts at the edges") struct ExtremeAmountTests {
    private static let largest: Int64 = 1 << 53 - 1

    private func refusal(
        _ harness: PolicyHarness,
        _ id: String,
        _ amount: Int64
    ) throws
        -> RequestRefused.Code?
    {
        let order = harness.order(id, amount)
        let outgoing = try harness.send(
            .authorizePayments(AuthorizePayments(payments: [order]))
        )
        #expect(outgoing.count == 1, "nothing goes to Settlement")
        return (outgoing.first?.body as? PaymentOutcomes)?.outcomes.first?.refusal?.code
    }

    @Test(arguments: [Int64.min, -1, 0, 1 << 53, Int64.max])
    func `an amount out of bounds is refused, and does not use up its key`(amount: Int64) throws {
        let harness = try PolicyHarness(PolicyTerms(name: "open"))
        #expect(try harness.pay("first", 1) == .approved)
        #expect(try refusal(harness, "a", amount) == .invalidRequest)
        #expect(try harness.pay("a", Self.largest) == .approved)
    }

    @Test(arguments: [Int64.min, -1, 0, 1 << 53, Int64.max])
    func `a lock out of bounds is refused, and Escrow is told`(amount: Int64) throws {
        let harness = try PolicyHarness(PolicyTerms(name: "open"))
        #expect(try harness.pay("first", 1) == .approved)
        var order = harness.order("a", amount)
        order.escrow = Escrow.ID("escrow_a")
        let outgoing = try harness.send(.authorizeLocks(AuthorizeLocks(payments: [order])))
        #expect(outgoing.count == 1)
        let locks = outgoing.first?.body as? RecordLocks
        #expect(locks?.locks.first?.refusal?.code == .invalidRequest)
    }

    @Test func `windows without a limit deny what they cannot count`() throws {
        let harness = try PolicyHarness(PolicyTerms(name: "open"))
        for number in 0..<1024 {
            #expect(try harness.pay("p\(number)", Self.largest) == .approved)
        }
        #expect(try harness.pay("rest", 1023) == .approved)
        let decision = try harness.pay("last", 1)
        #expect(harness.rules(decision) == [.maxPerDay, .maxPerMonth])
        guard case .denied(let violations) = decision else { return }
        #expect(violations[0].limit == "9223372036854.775807")
        // What was released can be spent again, and what has left the day counts in the month.
        let released = Payment.ID("tx_p0")
        _ = try harness.send(.releaseAuthorizations(ReleaseAuthorizations(payments: [released])))
        #expect(try harness.pay("again", Self.largest) == .approved)
        harness.now = harness.now.advanced(byMilliseconds: PolicyHarness.day)
        #expect(harness.rules(try harness.pay("later", 1)) == [.maxPerMonth])
        harness.now = harness.now.startOfNextMonth
        #expect(try harness.pay("next", Self.largest) == .approved)
    }

    @Test func `what waits for a person counts, and is counted`() throws {
        let harness = try PolicyHarness(.limits(coSign: 1))
        for number in 0..<1024 {
            guard case .needsApproval = try harness.pay("p\(number)", Self.largest) else {
                Issue.record("payment \(number) did not wait")
                return
            }
        }
        #expect(harness.rules(try harness.pay("last", 1024)) == [.maxPerDay, .maxPerMonth])
        harness.now = harness.now.advanced(byMilliseconds: PolicyHarness.day)
        for _ in 0..<6 { _ = try harness.send(.pulse) }
        #expect(try harness.pay("after", 1) == .approved)
    }

    @Test func `a backtest counts as the windows do`() throws {
        let harness = try PolicyHarness(PolicyTerms(name: "open"))
        for number in 0..<1030 { _ = try harness.pay("p\(number)", Self.largest) }
        let question = SimulateHistory(
            organisation: PolicyHarness.organisation,
            policy: Policy.ID("pol_test"),
            since: Timestamp(milliseconds: 0),
            until: Timestamp(milliseconds: .max)
        )
        let outgoing = try harness.send(.simulateHistory(question))
        let reply = try #require(outgoing.first?.body as? HistorySimulation)
        #expect(reply.paymentCount == 1030)
        #expect(reply.wouldBeApproved.isEmpty && reply.wouldBeDenied.isEmpty)
    }

    @Test(arguments: [Int64.min, -1, 0, 1 << 53, Int64.max])
    func `a simulation of an amount out of bounds is refused`(amount: Int64) throws {
        let harness = try PolicyHarness(PolicyTerms(name: "open"))
        let question = SimulatePayment(
            organisation: PolicyHarness.organisation,
            policy: Policy.ID("pol_test"),
            wallet: PolicyHarness.wallet,
            destination: Destination(kind: .wallet, value: "wal_payee"),
            amount: Money(minorUnits: MinorUnits(amount), asset: .usdc)
        )
        let refusal = try harness.send(.simulatePayment(question)).first?.body as? RequestRefused
        #expect(refusal?.code == .invalidRequest)
    }

    @Test(arguments: [[1 << 53], [1, Int64.max], [0], [-5]] as [[Int64]])
    func `a batch with a payout out of bounds is denied`(amounts: [Int64]) throws {
        let harness = try PolicyHarness(PolicyTerms(name: "open"))
        let command = AuthorizeBatch(
            organisation: PolicyHarness.organisation,
            batch: "b7ccbefd-51e1-4720-81fb-da5740e38e8c",
            attempt: 1,
            policy: Policy.ID("pol_test"),
            payouts: amounts.map { BatchPayment(phone: "27821231234", amount: MinorUnits($0)) }
        )
        let decision = try harness.send(.authorizeBatch(command)).first?.body as? ExecuteBatch
        #expect(decision?.problems.count == 1)
    }

    @Test func `a negative limit is no policy`() throws {
        let harness = try PolicyHarness(PolicyTerms(name: "open"))
        for terms in [
            PolicyTerms.limits(tx: -5), .limits(day: -1), .limits(month: MinorUnits(.min)),
            .limits(coSign: -1), .limits(velocity: -1), .limits(velocity: .min),
        ] {
            let request = CreatePolicy(
                organisation: PolicyHarness.organisation,
                policy: Policy.ID("pol_negative"),
                terms: terms
            )
            let refusal = try harness.send(.createPolicy(request)).first?.body as? RequestRefused
            #expect(refusal?.code == .invalidRequest)
        }
    }

    @Test func `limits up to the greatest number are limits`() throws {
        let limit = MinorUnits.maximum
        let harness = try PolicyHarness(
            .limits(tx: limit, day: limit, month: limit, velocity: .max)
        )
        #expect(try harness.pay("a", Self.largest) == .approved)
        #expect(try harness.budget().windows.count == 3)
    }
}
