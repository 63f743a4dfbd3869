import Contracts
import Messaging
import PolicyCore
import Testing

/// What a question reads on the thread that decides everybody's payments.
@Suite("A simulation of the past") struct HistoryTests {
    private func ask(_ harness: PolicyHarness, until: Timestamp) throws -> [Outgoing] {
        try harness.send(
            .simulateHistory(
                SimulateHistory(
                    organisation: PolicyHarness.organisation,
                    policy: Policy.ID("pol_standard"),
                    since: Timestamp(milliseconds: 0),
                    until: until
                )
            )
        )
    }

    @Test func `review 11: it reads a bounded number of payments, or says so`() throws {
        let harness = try PolicyHarness(.limits())
        let orders = (0..<5000).map { harness.order("p\($0)", 1) }
        _ = try harness.send(.authorizePayments(AuthorizePayments(payments: orders)))
        let end = harness.now.advanced(byMilliseconds: 1)
        let read = try ask(harness, until: end).first?.body as? HistorySimulation
        #expect(read?.paymentCount == 5000)
        _ = try harness.pay("more", 1)
        let refused = try ask(harness, until: end).first?.body as? RequestRefused
        #expect(refused?.code == .invalidRequest)
    }
}
