import Contracts
import Ledger
import Messaging
import SettlementCore
import Testing

/// `balance.low`: once when what can be spent falls below, again only after it was above.
@Suite struct `A wallet's low balance` {
    private let harness: SettlementHarness

    init() throws {
        harness = try SettlementHarness()
        var opening = harness.opening("ada")
        opening.lowBalances = [Self.usdc(50)]
        try harness.send(.openWallet(opening))
        try harness.open("bob")
        try harness.deposit(1_000_000)
    }

    private static func usdc(_ amount: Int64) -> Money {
        Money(minorUnits: MinorUnits(amount), asset: .usdc)
    }

    private func lows(_ outgoing: [Outgoing]) -> [EventRecord] {
        (outgoing.command(RecordEvents.self)?.events ?? []).filter { $0.type == .balanceLow }
    }

    private func fund(_ amount: Int64, _ name: String) throws -> [EventRecord] {
        lows(try harness.send(.fundWallet(harness.funding("wal_ada", amount, id: name))))
    }

    private func pay(_ amounts: [Int64], _ name: String) throws -> [EventRecord] {
        let payments = amounts.enumerated().map { index, amount in
            DecidedPayment(
                order: harness.order("\(name)-\(index)", amount),
                policy: Policy.ID("pol_open"),
                decision: .approved
            )
        }
        return lows(try harness.send(.executePayments(ExecutePayments(payments: payments))))
    }

    private func change(_ thresholds: [Money]?) throws -> [Outgoing] {
        try harness.send(
            .updateWallet(
                UpdateWallet(
                    organisation: SettlementHarness.organisation,
                    wallet: Wallet.ID("wal_ada"),
                    label: "Ada",
                    lowBalances: thresholds
                )
            )
        )
    }

    @Test func `it is told once when it falls below, and again only after it was above`() throws {
        #expect(try fund(49, "a").isEmpty, "it was never above")
        #expect(try pay([1], "a").isEmpty)
        #expect(try fund(2, "b").isEmpty, "50 is not below 50")
        let first = try pay([1], "b")
        #expect(first.map(\.data.lowBalance?.available) == [Self.usdc(49)])
        #expect(first.first?.data.lowBalance?.threshold == 50)
        #expect(first.first?.wallets == [Wallet.ID("wal_ada")])
        #expect(try pay([1], "c").isEmpty)
        #expect(try fund(1, "c").isEmpty)
        #expect(try pay([1], "d").isEmpty, "it was below all the time")
        #expect(try fund(2, "d").isEmpty)
        #expect(try pay([1], "at").isEmpty, "50 is not above 50")
        #expect(try fund(2, "e").isEmpty)
        let second = try pay([10], "e")
        #expect(second.count == 1 && second.first?.id != first.first?.id)
    }

    @Test func `a repeat of what took it below tells nothing new`() throws {
        _ = try fund(60, "a")
        #expect(try pay([20], "a").count == 1)
        #expect(try pay([20], "a").isEmpty)
    }

    @Test func `payments of one message tell of it once, after the payments`() throws {
        _ = try fund(100, "a")
        let payments = (0..<3).map { index in
            DecidedPayment(
                order: harness.order("m\(index)", 20),
                policy: Policy.ID("pol_open"),
                decision: .approved
            )
        }
        let outgoing = try harness.send(.executePayments(ExecutePayments(payments: payments)))
        let types = outgoing.command(RecordEvents.self)?.events.map(\.type)
        let paid = EventType.transactionCompleted
        #expect(types == [paid, paid, paid, .balanceLow])
    }

    @Test func `money that is locked for an escrow is money that cannot be spent`() throws {
        _ = try fund(60, "a")
        var order = harness.order("lock", 20)
        order.escrow = Escrow.ID("escrow_lock")
        let decided = DecidedPayment(
            order: order,
            policy: Policy.ID("pol_open"),
            decision: .approved
        )
        let outgoing = try harness.send(.executePayments(ExecutePayments(payments: [decided])))
        #expect(lows(outgoing).count == 1)
        let back = EscrowMove(
            escrow: Escrow.ID("escrow_lock"),
            organisation: SettlementHarness.organisation,
            toReceiver: 0,
            receiver: Destination(kind: .wallet, value: "wal_bob")
        )
        let ended = try harness.send(.endEscrows(EndEscrows(moves: [back])), isAnswered: false)
        #expect(lows(ended).isEmpty)
        #expect(try pay([20], "a").count == 1, "the refund had taken it above")
    }

    @Test func `a threshold that is set above the balance is no fall`() throws {
        _ = try fund(100, "a")
        #expect(lows(try change([Self.usdc(500)])).isEmpty)
        #expect(try pay([10], "a").isEmpty)
        #expect(lows(try change([Self.usdc(80)])).isEmpty)
        #expect(try pay([11], "b").count == 1)
    }

    @Test func `thresholds are read back, replaced, left alone and taken away`() throws {
        #expect(try harness.wallet("wal_ada").lowBalances == [Self.usdc(50)])
        _ = try change(nil)
        #expect(try harness.wallet("wal_ada").lowBalances == [Self.usdc(50)])
        let sol = Money(minorUnits: 7, asset: .sol)
        _ = try change([sol])
        #expect(try harness.wallet("wal_ada").lowBalances == [sol])
        _ = try change([])
        #expect(try harness.wallet("wal_ada").lowBalances == nil)
        _ = try fund(100, "a")
        #expect(try pay([99], "a").isEmpty)
    }

    @Test func `a threshold of nothing, or two for one asset, are refused`() throws {
        for thresholds in [[Self.usdc(0)], [Self.usdc(-1)], [Self.usdc(1), Self.usdc(2)]] {
            let outgoing = try change(thresholds)
            #expect(outgoing.reply(RequestRefused.self)?.code == .invalidRequest)
        }
        #expect(try harness.wallet("wal_ada").label == nil)
    }
}
