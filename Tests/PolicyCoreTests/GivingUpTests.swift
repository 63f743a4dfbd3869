import Contracts
import Messaging
import PolicyCore
import Testing

@Suite struct `Messages that an operator gives up` {
    @Test func `an order to lock is refused, unless it was decided before`() throws {
        let harness = try PolicyHarness(.limits())
        var orders = [harness.order("one", 1), harness.order("two", 2)]
        for index in orders.indices {
            let name = orders[index].id.rawValue.dropFirst("tx_".count)
            orders[index].escrow = Escrow.ID("escrow_" + name)
        }
        _ = try harness.send(.authorizeLocks(AuthorizeLocks(payments: [orders[0]])))
        let outgoing = try harness.giveUp(.authorizeLocks(AuthorizeLocks(payments: orders)))
        let locks = outgoing.compactMap { $0.body as? RecordLocks }.flatMap(\.locks)
        #expect(locks.map(\.escrow.rawValue) == ["escrow_two"])
        #expect(locks.first?.refusal?.code == .invalidState)
    }

    @Test func `a batch is refused, and reserves nothing`() throws {
        let harness = try PolicyHarness(.limits())
        let command = AuthorizeBatch(
            organisation: PolicyHarness.organisation,
            batch: "batch",
            attempt: 3,
            policy: Policy.ID("pol_test"),
            payouts: []
        )
        let decision = try harness.giveUp(.authorizeBatch(command)).first?.body as? ExecuteBatch
        #expect(decision?.attempt == 3)
        #expect(decision?.problems.count == 1)
    }
}
