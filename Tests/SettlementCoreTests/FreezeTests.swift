import Contracts
import SettlementCore
import Testing

/// Who froze a wallet is told to whoever asks why its payment failed.
@Suite struct `What froze a wallet` {
    private let harness: SettlementHarness

    init() throws {
        harness = try SettlementHarness.withWallets()
    }

    private func freeze(by key: String) throws {
        var order = harness.setting("wal_ada", .frozen)
        order.requester = APIKey.ID(key)
        try harness.send(.setWalletStatus(order))
    }

    private func found(_ payment: String) throws -> WalletFreeze? {
        let question = GetPayment(
            organisation: SettlementHarness.organisation,
            payment: Payment.ID("tx_" + payment)
        )
        return try harness.ask(.getPayment(question), PaymentReply.self).freeze
    }

    private func wait() {
        harness.now = harness.now.advanced(byMilliseconds: 1000)
    }

    @Test func `it is the freeze of the moment at which the payment failed`() throws {
        let first = harness.now
        try freeze(by: "key_1")
        wait()
        #expect(try harness.execute(harness.order("a", 1)).failure == .walletFrozen)
        wait()
        _ = try harness.setStatus("wal_ada", .active)
        wait()
        #expect(try harness.execute(harness.order("b", 1)).status == .confirmed)
        let second = harness.now
        try freeze(by: "key_2")
        wait()
        _ = try harness.execute(harness.order("c", 1))
        #expect(try found("a") == WalletFreeze(frozenAt: first, key: APIKey.ID("key_1")))
        #expect(try found("b") == nil)
        #expect(try found("c") == WalletFreeze(frozenAt: second, key: APIKey.ID("key_2")))
    }

    @Test func `a policy that expired is named, and a closed wallet was not frozen`() throws {
        let command = FreezeWallets(
            organisation: SettlementHarness.organisation,
            wallets: [Wallet.ID("wal_ada")],
            policy: Policy.ID("pol_old")
        )
        try harness.send(.freezeWallets(command), isAnswered: false)
        wait()
        _ = try harness.execute(harness.order("a", 1))
        #expect(try found("a")?.policy == Policy.ID("pol_old"))
        #expect(try found("a")?.key == nil)
        _ = try harness.setStatus("wal_bob", .frozen)
        wait()
        _ = try harness.setStatus("wal_bob", .closed)
        wait()
        _ = try harness.execute(harness.order("b", 1, from: "wal_bob"))
        #expect(try found("b") == nil)
    }
}
