import Contracts
import Messaging
import SettlementCore
import Testing

/// A page ends where its answer would be too large, and the next goes on there (review 2).
@Suite struct `Pages of payments` {
    private let harness: SettlementHarness

    init() throws {
        harness = try SettlementHarness.withWallets()
        for number in 10..<40 {
            var order = harness.order("p\(number)", 5)
            order.recipient = String(repeating: "w", count: 60_000)
            #expect(try harness.execute(order).status == .confirmed)
        }
    }

    @Test(arguments: [1, 10, 100])
    func `review 2: pages of large payments have each once, and none is over a mebibyte`(
        limit: Int
    ) throws {
        var names: [String] = []
        var question = ListPayments(
            organisation: SettlementHarness.organisation,
            party: Wallet.ID("wal_bob"),
            page: PageRequest(limit: limit)
        )
        repeat {
            let list = try harness.ask(.listPayments(question), PaymentList.self)
            #expect((1...min(limit, (1 << 20) / 60_000)).contains(list.payments.count))
            names += list.payments.map(\.id.rawValue)
            question.page.after = list.next
        } while question.page.after != nil
        #expect(names == (10..<40).reversed().map { "tx_p\($0)" })
    }
}
