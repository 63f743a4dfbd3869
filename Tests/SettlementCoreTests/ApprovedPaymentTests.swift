import Contracts
import SettlementCore
import Testing

@Suite("Payments that a person decides") struct ApprovedPaymentTests {
    let settlement: SettlementHarness
    let approval = Approval.ID("apr_1")

    init() throws {
        settlement = try SettlementHarness.withWallets()
    }

    @Test func `a payment waits for a person, without an event and without money`() throws {
        let executed = try wait()
        #expect(executed.status == .awaitingApproval)
        #expect(executed.payment?.approval == approval)
        #expect(executed.events.isEmpty)
        let repeated = try wait()
        #expect(repeated.outcome?.isReplay == true)
        #expect(repeated.status == .awaitingApproval)
        #expect(try settlement.available("wal_ada") == 100_000_000)
    }

    @Test func `a person's yes moves the money, and the payment keeps its time`() throws {
        let first = try #require(wait().payment)
        settlement.now = settlement.now.advanced(byMilliseconds: 60_000)
        let executed = try decide(.approvedByPerson(approval: approval))
        let payment = try #require(executed.payment)
        #expect(payment.status == .confirmed)
        #expect(payment.approval == approval)
        #expect(payment.createdAt == first.createdAt)
        #expect(executed.outcome?.isReplay == false)
        #expect(executed.events.map(\.occurredAt) == [settlement.now])
        #expect(executed.events.first?.data.payment == payment)
        #expect(try settlement.available("wal_bob") == 10_000_000)
        let stored = try settlement.ask(
            .getPayment(
                GetPayment(
                    organisation: SettlementHarness.organisation,
                    payment: payment.id,
                    party: Wallet.ID("wal_bob")
                )
            ),
            PaymentReply.self
        )
        #expect(stored.payment == payment)
    }

    @Test func `a person's yes is carried out once`() throws {
        _ = try wait()
        _ = try decide(.approvedByPerson(approval: approval))
        let repeated = try decide(.approvedByPerson(approval: approval))
        #expect(repeated.outcome?.isReplay == true)
        #expect(repeated.events.isEmpty)
        let late = try decide(
            .notApproved(approval: approval, status: .denied)
        )
        #expect(late.status == .confirmed)
        #expect(try settlement.available("wal_bob") == 10_000_000)
    }

    @Test(arguments: [ApprovalSnapshot.Status.denied, .expired])
    func `without a person's yes the payment is blocked`(status: ApprovalSnapshot.Status) throws {
        _ = try wait()
        let executed = try decide(.notApproved(approval: approval, status: status))
        #expect(executed.status == .blocked)
        #expect(executed.events.map(\.type) == [.transactionBlocked])
        #expect(executed.released.isEmpty)
        let late = try decide(.approvedByPerson(approval: approval))
        #expect(late.status == .blocked)
        #expect(try settlement.available("wal_ada") == 100_000_000)
    }

    @Test func `only a person's decision ends the waiting`() throws {
        _ = try wait()
        #expect(try decide(.approved).status == .awaitingApproval)
        #expect(try settlement.available("wal_ada") == 100_000_000)
    }

    @Test func `R20: a freeze goes before a yes, which gives its authorization back`() throws {
        _ = try wait()
        _ = try settlement.setStatus("wal_ada", .frozen)
        let executed = try decide(.approvedByPerson(approval: approval))
        #expect(executed.failure == .walletFrozen)
        #expect(executed.released == [Payment.ID("tx_1")])
        _ = try settlement.setStatus("wal_ada", .active)
        #expect(executed.status == .blocked)
        #expect(try decide(.approvedByPerson(approval: approval)).status == .blocked)
    }

    @Test func `R21: the policy's no at a person's yes ends the waiting`() throws {
        _ = try wait()
        let violation = Violation(rule: .blockedRecipients, limit: "bob", attempted: "bob")
        let executed = try decide(.denied(violations: [violation]))
        #expect(executed.status == .blocked)
        #expect(executed.payment?.violations == [violation])
        #expect(executed.payment?.approval == approval)
        #expect(executed.released.isEmpty)
    }

    @Test func `an approved payment can still fail, and gives its authorization back`() throws {
        _ = try settlement.execute(settlement.order("2", 95_000_000))
        _ = try wait()
        let executed = try decide(.approvedByPerson(approval: approval))
        #expect(executed.status == .failed)
        #expect(executed.released == [Payment.ID("tx_1")])
    }

    @Test func `a yes that overtakes the waiting is carried out once`() throws {
        #expect(try decide(.approvedByPerson(approval: approval)).status == .confirmed)
        let late = try wait()
        #expect(late.status == .confirmed)
        #expect(late.outcome?.isReplay == true)
        #expect(try settlement.available("wal_bob") == 10_000_000)
    }

    private func wait() throws -> SettlementHarness.Executed {
        try decide(.needsApproval(approval: approval))
    }

    private func decide(
        _ decision: DecidedPayment.Decision
    ) throws -> SettlementHarness.Executed {
        try settlement.execute(settlement.order("1", 10_000_000), decision)
    }
}
