import Contracts
import Crypto
import Messaging
import SQLiteStorage
import SettlementCore
import Storage
import Testing

@Suite("Executed payments") struct PaymentTests {
    let settlement: SettlementHarness

    init() throws {
        settlement = try SettlementHarness.withWallets()
    }

    @Test func `an approved payment moves the money and is signed`() throws {
        let executed = try settlement.execute(settlement.order("1", 30_000_000))
        let payment = try #require(executed.payment)
        #expect(payment.status == .confirmed)
        #expect(payment.type == .payment)
        #expect(payment.recipientWallet == Wallet.ID("wal_bob"))
        #expect(payment.memo == "a note")
        #expect(payment.entry == 3)
        #expect(executed.outcome?.correlationID == "1")
        #expect(executed.outcome?.isReplay == false)
        #expect(executed.released.isEmpty)
        #expect(try settlement.available("wal_ada") == 70_000_000)
        #expect(try settlement.available("wal_bob") == 30_000_000)
        let hash = try settlement.database.read { transaction throws(StorageError) in
            try transaction.first("SELECT hash FROM journal_entry WHERE sequence = 3") {
                $0.blob(0)
            }
        }
        let signature = try #require(payment.signature.flatMap { Base58.bytes(of: $0) })
        #expect(
            SigningKey.isValid(
                signature: signature,
                of: try #require(hash),
                publicKey: SettlementHarness.signingKey.publicKey
            )
        )
    }

    @Test func `a confirmed payment has one event with both parties`() throws {
        let event = try #require(
            settlement.execute(settlement.order("1", 1_000_000)).events.first
        )
        #expect(event.id.rawValue == "evt_1")
        #expect(event.type == .transactionCompleted)
        #expect(event.wallets == [Wallet.ID("wal_ada"), Wallet.ID("wal_bob")])
        #expect(event.data.payment?.status == .confirmed)
    }

    @Test func `a repeat meets the first outcome and moves nothing`() throws {
        let first = try settlement.execute(settlement.order("1", 30_000_000))
        settlement.now = settlement.now.advanced(byMilliseconds: 5000)
        let repeated = try settlement.execute(settlement.order("1", 30_000_000))
        #expect(repeated.outcome?.isReplay == true)
        #expect(repeated.payment == first.payment)
        #expect(repeated.events.isEmpty)
        #expect(try settlement.available("wal_bob") == 30_000_000)
    }

    @Test func `the same identifier with other content is a conflict`() throws {
        _ = try settlement.execute(settlement.order("1", 30_000_000))
        let other = try settlement.execute(settlement.order("1", 30_000_000, digest: "e"))
        #expect(other.outcome?.refusal?.code == .idempotencyConflict)
        #expect(other.payment == nil)
        #expect(other.events.isEmpty)
        #expect(try settlement.available("wal_bob") == 30_000_000)
    }

    @Test func `a repeat in the same message is a repeat`() throws {
        let decided = DecidedPayment(
            order: settlement.order("1", 30_000_000),
            policy: Policy.ID("pol_open"),
            decision: .approved
        )
        let outgoing = try settlement.send(
            .executePayments(ExecutePayments(payments: [decided, decided]))
        )
        let outcomes = try #require(outgoing.reply(PaymentOutcomes.self)).outcomes
        #expect(outcomes.map(\.isReplay) == [false, true])
        #expect(outgoing.command(RecordEvents.self)?.events.count == 1)
        #expect(try settlement.available("wal_bob") == 30_000_000)
    }

    @Test func `the outcomes of a message go to each instance that waits`() throws {
        var orders = (1...4).map { settlement.order("\($0)", 1_000_000) }
        orders[1].returnAddress?.instance = "gateway-2"
        orders[2].returnAddress = nil
        let outgoing = try settlement.send(
            .executePayments(
                ExecutePayments(
                    payments: orders.map {
                        DecidedPayment(
                            order: $0,
                            policy: Policy.ID("pol_open"),
                            decision: .approved
                        )
                    }
                )
            )
        )
        let replies: [String: [String]] = Dictionary(
            uniqueKeysWithValues: outgoing.compactMap { message in
                guard case .reply(let address) = message.route,
                    let outcomes = message.body as? PaymentOutcomes
                else { return nil }
                return (address.instance, outcomes.outcomes.map(\.correlationID))
            }
        )
        #expect(replies == ["gateway-1": ["1", "4"], "gateway-2": ["2"]])
        #expect(outgoing.command(RecordEvents.self)?.events.count == 4)
    }

    @Test func `a denied payment is blocked for ever and tells every reason`() throws {
        let violations = [
            Violation(rule: .maxPerTx, limit: "5.00", attempted: "10.00"),
            Violation(rule: .maxPerDay, limit: "50.00", attempted: "10.00", used: "45.00"),
        ]
        let executed = try settlement.execute(
            settlement.order("1", 10_000_000),
            .denied(violations: violations)
        )
        #expect(executed.status == .blocked)
        #expect(executed.payment?.violations == violations)
        #expect(executed.events.map(\.type) == [.transactionBlocked])
        #expect(executed.released.isEmpty)
        let repeated = try settlement.execute(settlement.order("1", 10_000_000), .approved)
        #expect(repeated.outcome?.isReplay == true)
        #expect(repeated.payment == executed.payment)
        #expect(try settlement.available("wal_bob") == 0)
    }

    @Test func `an order without a return address is carried out unanswered`() throws {
        var order = settlement.order("1", 1_000_000)
        order.returnAddress = nil
        let executed = try settlement.execute(order)
        #expect(executed.outcome == nil)
        #expect(executed.events.count == 1)
        #expect(try settlement.available("wal_bob") == 1_000_000)
    }

    @Test(arguments: [Int64(0), -5_000_000])
    func `an amount that is not positive is refused and recorded nowhere`(amount: Int64) throws {
        try settlement.fund("wal_bob", 10_000_000)
        let executed = try settlement.execute(settlement.order("1", amount))
        #expect(executed.outcome?.refusal?.code == .invalidRequest)
        #expect(executed.released == [Payment.ID("tx_1")])
        #expect(executed.events.isEmpty)
        #expect(try settlement.available("wal_bob") == 10_000_000)
        #expect(try settlement.execute(settlement.order("1", 1_000_000)).status == .confirmed)
    }

    @Test func `an identifier that is not well-formed is refused`() throws {
        var order = settlement.order("1", 1_000_000)
        order.id = Payment.ID("x")
        #expect(try settlement.execute(order).outcome?.refusal?.code == .invalidRequest)
    }
}
