import Contracts
import Messaging
import SettlementCore
import Testing

/// R21: Policy's yes is about a wallet, and a name may get another owner in between.
@Suite("Judged recipients") struct JudgedRecipientTests {
    private static let shop = Destination(kind: .domain, value: "shop.example")
    private let harness: SettlementHarness

    init() throws {
        harness = try SettlementHarness()
        for name in ["ada", "bob", "eve"] { _ = try harness.open(name) }
        _ = try harness.deposit(100_000_000)
        _ = try harness.fund("wal_ada", 50_000_000)
        try harness.send(
            .registerDestination(
                RegisterDestination(
                    organisation: SettlementHarness.organisation,
                    entry: DirectoryEntry.ID("dst_shop"),
                    wallet: Wallet.ID("wal_bob"),
                    destination: Self.shop
                )
            )
        )
    }

    @Test(arguments: [nil, "wal_eve"])
    func `a payment goes to nobody but whom Policy has judged`(judged: String?) throws {
        let other = JudgedRecipient(wallet: judged.map { Wallet.ID($0) })
        let order = harness.order("one", 1000, to: Self.shop)
        let refused = try harness.execute(order, judged: other)
        #expect(refused.status == .failed && refused.failure == .destinationUnknown)
        #expect(refused.released == [order.id], "the windows get it back")
        #expect(try harness.available("wal_bob") == 0)
        let bob = JudgedRecipient(wallet: Wallet.ID("wal_bob"))
        let paid = try harness.execute(harness.order("two", 1000, to: Self.shop), judged: bob)
        #expect(paid.status == .confirmed)
        #expect(try harness.available("wal_bob") == 1000)
    }

    @Test func `a decision without lists is about whoever has the name`() throws {
        let paid = try harness.execute(harness.order("one", 1000, to: Self.shop))
        #expect(paid.status == .confirmed)
    }
}
