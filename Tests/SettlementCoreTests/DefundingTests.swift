import Contracts
import Ledger
import Messaging
import SettlementCore
import Testing

/// Money of a wallet that an operator takes back to the reserve.
@Suite struct `Taking money back` {
    private let harness: SettlementHarness

    init() throws {
        harness = try SettlementHarness.withWallets()
    }

    private func order(
        _ amount: Int64,
        of wallet: String = "wal_ada",
        id: String = "back",
        digest: String = "d",
        by organisation: Organisation.ID = SettlementHarness.organisation
    ) -> SettlementInput {
        .defundWallet(
            DefundWallet(
                organisation: organisation,
                id: Payment.ID("tx_" + id),
                wallet: Wallet.ID(wallet),
                amount: Money(minorUnits: MinorUnits(amount), asset: .usdc),
                amountText: "1.00",
                digest: digest
            )
        )
    }

    private func reserve() throws -> Int64 {
        let question = GetReserve(organisation: SettlementHarness.organisation)
        let reply = try harness.ask(.getReserve(question), ReserveReply.self)
        return reply.balances.first { $0.asset == .usdc }?.available.rawValue ?? 0
    }

    @Test func `it is one entry, one transaction and one event`() throws {
        let before = (entries: try harness.verify().entryCount, reserve: try reserve())
        let outgoing = try harness.send(order(40_000_000))
        let reply = try #require(outgoing.reply(PaymentReply.self))
        #expect(reply.payment.type == .defunding && reply.payment.status == .confirmed)
        #expect(reply.payment.recipient == "reserve" && reply.payment.recipientWallet == nil)
        #expect(reply.payment.signature != nil)
        #expect(reply.balances?.first?.available == 60_000_000)
        #expect(try reserve() == before.reserve + 40_000_000)
        let event = try #require(outgoing.command(RecordEvents.self)?.events.first)
        #expect(event.type == .walletDefunded && event.wallets == [Wallet.ID("wal_ada")])
        let report = try harness.verify()
        #expect(report.findings.isEmpty && report.entryCount == before.entries + 1)
    }

    @Test func `it happens once for its identifier, and no other content has that`() throws {
        _ = try harness.ask(order(40_000_000), PaymentReply.self)
        let again = try harness.send(order(40_000_000))
        #expect(again.reply(PaymentReply.self)?.isReplay == true)
        #expect(again.command(RecordEvents.self) == nil)
        #expect(try harness.refusal(order(1, digest: "other")) == .idempotencyConflict)
        #expect(try harness.available("wal_ada") == 60_000_000)
    }

    @Test func `only what can be spent is taken, and a refusal uses no identifier up`() throws {
        var lock = harness.order("lock", 30_000_000)
        lock.escrow = Escrow.ID("escrow_lock")
        _ = try harness.execute(lock)
        #expect(try harness.refusal(order(70_000_001)) == .insufficientFunds)
        #expect(try harness.refusal(order(1, of: "wal_bob")) == .insufficientFunds)
        _ = try harness.ask(order(70_000_000), PaymentReply.self)
        #expect(try harness.available("wal_ada") == 0)
        #expect(try harness.verify().findings.isEmpty)
    }

    @Test func `a frozen wallet's money can be taken back, a closed wallet has none`() throws {
        _ = try harness.setStatus("wal_ada", .frozen)
        _ = try harness.ask(order(100_000_000), PaymentReply.self)
        _ = try harness.setStatus("wal_ada", .closed)
        #expect(try harness.refusal(order(1, id: "late")) == .invalidState)
        #expect(try harness.wallet("wal_ada").status == .closed)
    }

    @Test func `nobody takes the money of another organisation`() throws {
        #expect(try harness.refusal(order(1, by: SettlementHarness.other)) == .notFound)
        #expect(try harness.refusal(order(0)) == .invalidRequest)
        #expect(try harness.refusal(order(-1)) == .invalidRequest)
        #expect(try harness.available("wal_ada") == 100_000_000)
    }
}
