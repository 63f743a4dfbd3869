import Contracts
import Ledger
import SettlementCore
import Testing

/// Amounts at the edges of what one payment can be: review 1, F1, R31.
@Suite("Amounts at the edges") struct ExtremeAmountTests {
    private static let largest: Int64 = 1 << 53 - 1
    private let settlement: SettlementHarness

    init() throws {
        settlement = try SettlementHarness()
        try settlement.open("ada")
        try settlement.open("bob")
    }

    @Test(arguments: [Int64.min, -1, 0, 1 << 53, Int64.max])
    func `no deposit and no funding is out of bounds`(amount: Int64) throws {
        let money = Money(minorUnits: MinorUnits(amount), asset: .usdc)
        let deposit = DepositReserve(
            organisation: SettlementHarness.organisation,
            reference: "r",
            amount: money
        )
        #expect(try settlement.refusal(.depositReserve(deposit)) == .invalidRequest)
        let funding = settlement.funding("wal_ada", amount, id: "f")
        #expect(try settlement.refusal(.fundWallet(funding)) == .invalidRequest)
        #expect(try settlement.verify().isClean)
    }

    @Test(arguments: [1 << 53, Int64.max])
    func `an order over the bound is refused, and its reservation given back`(
        amount: Int64
    ) throws {
        let executed = try settlement.execute(settlement.order("1", amount))
        #expect(executed.outcome?.refusal?.code == .invalidRequest)
        #expect(executed.released == [Payment.ID("tx_1")])
        #expect(executed.events.isEmpty)
    }

    @Test func `the largest payment goes there and back as often as wanted`() throws {
        try settlement.deposit(Self.largest)
        try settlement.fund("wal_ada", Self.largest)
        let ada = Destination(kind: .wallet, value: "wal_ada")
        for round in 0..<520 {
            let there = settlement.order("there\(round)", Self.largest)
            #expect(try settlement.execute(there).status == .confirmed)
            let back = settlement.order("back\(round)", Self.largest, from: "wal_bob", to: ada)
            #expect(try settlement.execute(back).status == .confirmed)
        }
        #expect(try settlement.available("wal_ada") == Self.largest)
        #expect(try settlement.verify().isClean)
    }

    @Test func `what an account cannot hold is refused, and nothing moves`() throws {
        for number in 0..<1024 {
            try settlement.deposit(Self.largest, reference: "r\(number)")
        }
        let one = DepositReserve(
            organisation: SettlementHarness.organisation,
            reference: "last",
            amount: Money(minorUnits: .largestPayment, asset: .usdc)
        )
        #expect(try settlement.refusal(.depositReserve(one)) == .invalidRequest)
        #expect(try settlement.verify().isClean)
    }

    @Test(arguments: [0, 1 << 53, Int64.max])
    func `no payment code and no payout is out of bounds`(amount: Int64) throws {
        let code = CreateCode(
            organisation: SettlementHarness.organisation,
            code: "b7ccbefd-51e1-4720-81fb-da5740e38e8c",
            trace: "b7ccbefd-51e1-4720-81fb-da5740e38e8d",
            amount: Money(minorUnits: MinorUnits(amount), asset: .btc),
            threshold: 1,
            receivers: ["b7ccbefd-51e1-4720-81fb-da5740e38e8e"],
            memo: ""
        )
        #expect(try settlement.refusal(.createCode(code)) == .invalidRequest)
        let payout = PayoutOrder(
            id: "b7ccbefd-51e1-4720-81fb-da5740e38e8f",
            phone: "27821231234",
            amount: MinorUnits(amount)
        )
        let payouts = AddPayouts(
            organisation: SettlementHarness.organisation,
            batch: "b7ccbefd-51e1-4720-81fb-da5740e38e8c",
            replaces: false,
            payouts: [payout]
        )
        #expect(try settlement.refusal(.addPayouts(payouts)) == .invalidRequest)
    }
}
