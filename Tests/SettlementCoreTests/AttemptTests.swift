import Contracts
import Crypto
import Foundation
import Ledger
import Messaging
import SQLiteStorage
import SettlementCore
import Storage
import Testing

@Suite("Attempts to pay over a rail") struct AttemptTests {
    private static let address = Destination(
        kind: .ark,
        value: """
            ark1pwh9vsmezqqpharv69q4z8m6x364d5m5prnmcalcalq9pdmzw0y7mpveck4pcfhezqypczkrrj3lkx5\
            ue4qrf4jc7ztpt9htdttmh2judhqnu7aue8p0y9mqkr4cf5
            """
    )

    private let settlement: SettlementHarness

    init() throws {
        settlement = try SettlementHarness.withBitcoin()
        try settlement.send(.openRails(OpenRails(organisation: SettlementHarness.organisation)))
    }

    // MARK: Saying

    private func begin(
        _ id: String,
        _ amount: Int64 = 1000,
        to destination: Destination = Self.address,
        fee: MinorUnits? = nil
    ) throws -> [Outgoing] {
        var order = settlement.order(id, amount, to: destination)
        order.amount = Money(minorUnits: MinorUnits(amount), asset: .btc)
        let decided = DecidedPayment(
            order: order,
            policy: Policy.ID("pol_open"),
            fee: fee,
            decision: .approved
        )
        return try settlement.send(.executePayments(ExecutePayments(payments: [decided])))
    }

    private func say(
        _ id: String,
        _ outcome: RailResult.Outcome,
        orderedAt: Timestamp? = nil
    ) throws -> [Outgoing] {
        let result = RailResult(
            payment: Payment.ID("tx_" + id),
            outcome: outcome,
            orderedAt: orderedAt ?? settlement.now
        )
        return try settlement.send(
            .railOrdersEnded(RailOrdersEnded(results: [result])),
            isAnswered: false
        )
    }

    private func status(_ id: String) throws -> PaymentSnapshot {
        try settlement.ask(
            .getPayment(
                GetPayment(
                    organisation: SettlementHarness.organisation,
                    payment: Payment.ID("tx_" + id)
                )
            ),
            PaymentReply.self
        ).payment
    }

    private func state(_ id: String) throws -> AttemptSnapshot.State? {
        try settlement.ask(
            .listAttempts(
                ListAttempts(
                    organisation: SettlementHarness.organisation,
                    page: PageRequest(limit: 100)
                )
            ),
            AttemptList.self
        ).attempts.first { $0.payment.rawValue == "tx_" + id }?.state
    }

    private func balance() throws -> Balance? {
        try settlement.wallet("wal_ada").balances.first { $0.asset == .btc }
    }

    private func verify() throws {
        let report = try settlement.database.read { transaction throws(StorageError) in
            try LedgerVerifier.verify(in: transaction) { _ in }
        }
        #expect(report.findings.isEmpty)
    }

    // MARK: Rules

    @Test func `nothing is sent before the history was read, and the money is held`() throws {
        let outgoing = try begin("1")
        #expect(outgoing.orders == [.prepare])
        #expect(outgoing.reply(PaymentOutcomes.self) == nil, "who asked waits")
        #expect(try balance() == Balance(asset: .btc, available: 998_990, held: 1010))
        #expect(try say("1", .prepared(baseline: 7)).orders == [.send])
        #expect(try say("1", .prepared(baseline: 8)).orders == [], "it is sent once")
    }

    @Test func `an answer proves nothing, and the history proves it`() throws {
        _ = try begin("1")
        _ = try say("1", .prepared(baseline: 7))
        #expect(try say("1", .answered(reason: nil)).orders == [.resolve])
        #expect(try status("1").status == .pending)
        let ended = try say("1", .found(reference: "8", state: .paid, fee: 3))
        let outcome = try #require(ended.reply(PaymentOutcomes.self)?.outcomes.first)
        #expect(outcome.payment?.status == .confirmed && outcome.payment?.fee == 3)
        #expect(ended.command(RecordEvents.self)?.events.first?.type == .transactionCompleted)
        #expect(try balance() == Balance(asset: .btc, available: 998_997, held: 0))
        try verify()
    }

    @Test func `a fee above what is held for it is not taken from the wallet`() throws {
        _ = try begin("1")
        _ = try say("1", .prepared(baseline: 7))
        _ = try say("1", .answered(reason: nil))
        _ = try say("1", .found(reference: "8", state: .paid, fee: 500))
        #expect(try status("1").fee == 10)
        #expect(try balance() == Balance(asset: .btc, available: 998_990, held: 0))
        try verify()
    }

    @Test func `a movement that failed gives everything back`() throws {
        _ = try begin("1")
        _ = try say("1", .prepared(baseline: 7))
        _ = try say("1", .lost(reason: "cut"))
        let ended = try say("1", .found(reference: "8", state: .notPaid, fee: 0))
        #expect(ended.command(ReleaseAuthorizations.self)?.payments == [Payment.ID("tx_1")])
        #expect(try status("1").failure == .noRail)
        #expect(try balance() == Balance(asset: .btc, available: 1_000_000, held: 0))
    }

    @Test(arguments: [
        (true, 4_999, PaymentStatus.pending), (true, 5_000, .failed),
        (false, 5_000, .pending), (false, 86_399_999, .pending), (false, 86_400_000, .failed),
    ])
    func `a history without the payment is a proof after a while`(
        isRefused: Bool,
        milliseconds: Int64,
        status expected: PaymentStatus
    ) throws {
        _ = try begin("1")
        _ = try say("1", .prepared(baseline: 7))
        _ = try say("1", isRefused ? .answered(reason: "500") : .lost(reason: "cut"))
        settlement.now = settlement.now.advanced(byMilliseconds: milliseconds)
        _ = try say("1", .absent)
        #expect(try status("1").status == expected)
    }

    @Test func `a history that was asked for too early is no proof, however late it comes`() throws
    {
        _ = try begin("1")
        _ = try say("1", .prepared(baseline: 7))
        _ = try say("1", .answered(reason: "500"))
        let asked = settlement.now.advanced(byMilliseconds: 4999)
        settlement.now = settlement.now.advanced(byMilliseconds: 60_000)
        _ = try say("1", .absent, orderedAt: asked)
        #expect(try status("1").status == .pending)
    }

    @Test func `an order to pay that was not given on is prepared anew`() throws {
        _ = try begin("1")
        _ = try say("1", .prepared(baseline: 7))
        #expect(try say("1", .unreachable(reason: "cut")).orders == [])
        #expect(try say("1", .prepared(baseline: 8)).orders == [], "an old reading leads nowhere")
        #expect(try say("1", .notSent(reason: "busy")).orders == [])
        settlement.now = settlement.now.advanced(byMilliseconds: 1000)
        #expect(try settlement.send(.pulse, isAnswered: false).orders == [.prepare])
        #expect(try say("1", .prepared(baseline: 9)).orders == [.send])
    }

    @Test func `an order to pay without an answer is never given again`() throws {
        _ = try begin("1")
        _ = try say("1", .prepared(baseline: 7))
        for _ in 0..<100 {
            settlement.now = settlement.now.advanced(byMilliseconds: 46_000)
            let orders = try settlement.send(.pulse, isAnswered: false).orders
            #expect(orders == [.resolve])
        }
        #expect(try status("1").status == .pending)
    }

    @Test func `a rail that is not ready in a minute is given up, and nothing was sent`() throws {
        _ = try begin("1")
        _ = try say("1", .unreachable(reason: "refused"))
        settlement.now = settlement.now.advanced(byMilliseconds: 60_000)
        _ = try settlement.send(.pulse, isAnswered: false)
        #expect(try status("1").status == .failed)
        #expect(try say("1", .prepared(baseline: 7)).orders == [], "it is too late")
        #expect(try balance() == Balance(asset: .btc, available: 1_000_000, held: 0))
    }

    @Test func `who asked is told after a while that the payment is pending`() throws {
        _ = try begin("1")
        settlement.now = settlement.now.advanced(byMilliseconds: 7000)
        let told = try settlement.send(.pulse, isAnswered: false)
        #expect(told.reply(PaymentOutcomes.self)?.outcomes.first?.payment?.status == .pending)
        let again = try settlement.send(.pulse, isAnswered: false)
        #expect(again.reply(PaymentOutcomes.self) == nil)
    }

    @Test func `a twin waits until the older one has ended`() throws {
        _ = try begin("1")
        #expect(try begin("2").orders == [])
        #expect(try begin("3", 1001).orders == [.prepare], "another amount is no twin")
        #expect(try say("2", .prepared(baseline: 7)).orders == [])
        _ = try say("1", .prepared(baseline: 7))
        _ = try say("1", .answered(reason: nil))
        _ = try say("1", .found(reference: "8", state: .paid, fee: 0))
        settlement.now = settlement.now.advanced(byMilliseconds: 20_000)
        #expect(try settlement.send(.pulse, isAnswered: false).orders.contains(.prepare))
    }

    @Test func `an operator ends only what nobody knows`() throws {
        _ = try begin("1")
        func resolve(_ isPaid: Bool, of organisation: Organisation.ID) throws -> [Outgoing] {
            try settlement.send(
                .resolveAttempt(
                    ResolveAttempt(
                        organisation: organisation,
                        payment: Payment.ID("tx_1"),
                        isPaid: isPaid,
                        resolvedBy: "key_1"
                    )
                )
            )
        }
        let own = SettlementHarness.organisation
        #expect(try resolve(true, of: own).reply(RequestRefused.self)?.code == .invalidState)
        _ = try say("1", .prepared(baseline: 7))
        _ = try say("1", .lost(reason: "cut"))
        let other = try resolve(true, of: SettlementHarness.other)
        #expect(other.reply(RequestRefused.self)?.code == .notFound)
        #expect(try resolve(true, of: own).reply(AttemptReply.self)?.attempt.state == .settled)
        #expect(try say("1", .found(reference: "8", state: .notPaid, fee: 0)).isEmpty)
        #expect(try status("1").status == .confirmed)
        try verify()
    }

    // MARK: Fees in Policy's windows

    private func fees(_ outgoing: [Outgoing]) -> [TakenFee]? {
        outgoing.command(SettleFees.self)?.fees
    }

    @Test(arguments: [(-1, 0), (0, 0), (3, 3), (10, 10), (11, 10), (1_000_000_000, 10)])
    func `R14: Policy is told what left the wallet, when that is known`(
        told: Int,
        taken: Int
    ) throws {
        #expect(fees(try begin("1", fee: 10)) == nil)
        #expect(fees(try say("1", .prepared(baseline: 7))) == nil)
        #expect(fees(try say("1", .lost(reason: "cut"))) == nil, "it is unknown, and counts")
        let paid = RailResult.Outcome.found(
            reference: "8",
            state: .paid,
            fee: MinorUnits(Int64(told))
        )
        let fee = TakenFee(payment: Payment.ID("tx_1"), fee: MinorUnits(Int64(taken)))
        #expect(fees(try say("1", paid)) == [fee])
        #expect(try say("1", paid).isEmpty, "once")
        #expect(try balance()?.available.rawValue == Int64(999_000 - taken))
        #expect(try status("1").fee?.rawValue == Int64(taken))
    }

    @Test func `what failed gives back all, and not its fee a second time`() throws {
        _ = try begin("1", fee: 10)
        _ = try say("1", .prepared(baseline: 7))
        _ = try say("1", .lost(reason: "cut"))
        let ended = try say("1", .found(reference: "8", state: .notPaid, fee: 3))
        #expect(ended.command(ReleaseAuthorizations.self)?.payments == [Payment.ID("tx_1")])
        #expect(fees(ended) == nil)
    }

    @Test(arguments: [(-1, false), (0, false), (9, false), (10, true), (11, true)])
    func `a rail is paid for with what was reserved, or nothing is sent`(
        fee: Int,
        isSent: Bool
    ) throws {
        let outgoing = try begin("1", fee: MinorUnits(Int64(fee)))
        #expect(outgoing.orders == (isSent ? [.prepare] : []))
        #expect(try status("1").failure == (isSent ? nil : .noRail))
        #expect(try balance()?.held == (isSent ? 1010 : 0))
        let released = outgoing.command(ReleaseAuthorizations.self)?.payments
        #expect(released == (isSent ? nil : [Payment.ID("tx_1")]))
    }

    @Test func `what is paid in the ledger after all took no fee`() throws {
        let bob = Destination(kind: .wallet, value: "wal_bob")
        let fee = TakenFee(payment: Payment.ID("tx_1"), fee: 0)
        #expect(fees(try begin("1", to: bob, fee: 10)) == [fee])
        #expect(fees(try begin("1", to: bob, fee: 10)) == nil, "a repeat moves nothing")
        #expect(fees(try begin("2", to: bob, fee: 0)) == nil)
        #expect(fees(try begin("3", 2_000_000, to: bob, fee: 10)) == nil, "all is given back")
    }

    @Test func `Policy reserves a fee for all that a rail pays`() {
        for kind in Rail.bark.kinds { #expect(RailFee.isPossible(for: Rail.bark.asset, to: kind)) }
    }

    @Test func `any order of results sends once, ends once and loses nothing`() throws {
        let repeated = ProcessInfo.processInfo.environment["PURSESTRINGS_SEED"].flatMap(UInt64.init)
        let seed = repeated ?? UInt64.random(in: .min ... .max)
        print("PURSESTRINGS_SEED=\(seed)")
        var generator = SplitMix64(state: seed)
        var sent: [String: Int] = [:]
        var ended: [String: PaymentStatus] = [:]
        var settled: [Payment.ID: MinorUnits] = [:]
        let ids = (0..<30).map { "r\($0)" }
        for id in ids { _ = try begin(id, Int64.random(in: 1...3, using: &generator) * 500) }
        for _ in 0..<1500 {
            let id = ids[Int.random(in: 0..<ids.count, using: &generator)]
            let outcomes: [RailResult.Outcome] = [
                .prepared(baseline: 3), .unreachable(reason: "x"), .notSent(reason: "x"),
                .answered(reason: nil), .answered(reason: "500"), .lost(reason: "x"), .absent,
                .found(reference: "9", state: .pending, fee: 1),
                .found(reference: "9", state: .paid, fee: 1),
                .found(reference: "9", state: .notPaid, fee: 1),
            ]
            let choice = Int.random(in: 0...outcomes.count, using: &generator)
            // What the port did not give on was not sent.
            if choice == 2, try state(id) == .sending { sent["tx_" + id, default: 0] -= 1 }
            let outgoing: [Outgoing]
            if choice == outcomes.count {
                let step = Int64.random(in: 1...30_000, using: &generator)
                settlement.now = settlement.now.advanced(byMilliseconds: step)
                outgoing = try settlement.send(.pulse, isAnswered: false)
            } else {
                outgoing = try say(id, outcomes[choice])
            }
            for fee in fees(outgoing) ?? [] {
                #expect(settled.updateValue(fee.fee, forKey: fee.payment) == nil, "seed \(seed)")
            }
            for message in outgoing {
                guard let order = message.body as? RailOrder, order.verb == .send else { continue }
                sent[order.payment.rawValue, default: 0] += 1
            }
            let now = try status(id).status
            if let before = ended[id] { #expect(now == before, "seed \(seed)") }
            if now != .pending { ended[id] = now }
        }
        #expect(sent.values.allSatisfy { $0 == 0 || $0 == 1 }, "seed \(seed)")
        #expect(ended.count == ids.count, "seed \(seed)")
        for (id, status) in ended where status == .confirmed {
            #expect(sent["tx_" + id] == 1, "what was paid was sent, seed \(seed)")
            #expect(settled[Payment.ID("tx_" + id)] == 1, "seed \(seed)")
        }
        #expect(settled.count == ended.values.count { $0 == .confirmed }, "seed \(seed)")
        #expect(try balance()?.held == 0)
        try verify()
    }

    private struct SplitMix64: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var value = state
            value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
            value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
            return value ^ (value >> 31)
        }
    }
}

extension [Outgoing] {
    /// What a rail's port is ordered to do.
    fileprivate var orders: [RailOrder.Verb] {
        compactMap { ($0.body as? RailOrder)?.verb }
    }
}
