import Contracts
import Messaging
import PolicyCore
import Testing

/// What the log of Policy says of a denial (issue 12, point 5).
@Suite struct `A denial in the log` {
    @Test func `it has rules, policy, version and request, is counted by rule, and names nobody`()
        throws
    {
        let harness = try PolicyHarness(.limits(tx: 50, day: 60))
        var order = harness.order("a", 70)
        order.request = "req_1"
        order.memo = "for Mrs Smith"
        let input = PolicyInput.authorizePayments(AuthorizePayments(payments: [order]))
        _ = try harness.send(input)
        let remark = try #require(harness.remarks.first)
        #expect(harness.remarks.count == 1)
        #expect(remark.event == "payment_denied" && remark.request == "req_1")
        #expect(remark.fields.map(\.name) == ["subject", "rules", "policy", "policy_version"])
        #expect(
            remark.fields.map(\.value) == ["tx_a", "max_per_tx,max_per_day", "pol_test", "1"]
        )
        #expect(
            remark.counters == [
                #"purse_denials_total{rule="max_per_tx"}"#,
                #"purse_denials_total{rule="max_per_day"}"#,
            ]
        )
        #expect(Set(PolicyStateMachine.counters).isSuperset(of: remark.counters))
        _ = try harness.send(input)
        #expect(harness.remarks.isEmpty, "a repeat is no other denial")
    }

    @Test func `what is let through is not spoken of`() throws {
        let harness = try PolicyHarness(.limits(day: 60))
        _ = try harness.pay("a", 60)
        #expect(harness.remarks.isEmpty)
    }

    @Test func `a person's no has the request that asked`() throws {
        let harness = try PolicyHarness(.limits(coSign: 50))
        var order = harness.order("b", 60)
        order.request = "req_2"
        _ = try harness.send(.authorizePayments(AuthorizePayments(payments: [order])))
        #expect(harness.remarks.isEmpty)
        let no = DecideApproval(
            organisation: PolicyHarness.organisation,
            approval: Approval.ID("apr_b"),
            isApproved: false,
            decidedBy: APIKey.ID("key_1")
        )
        _ = try harness.send(.decideApproval(no))
        let remark = try #require(harness.remarks.first)
        #expect(remark.event == "payment_not_approved" && remark.request == "req_2")
        #expect(remark.fields.contains { $0.name == "status" && $0.value == "denied" })
    }
}
