import Contracts
import Crypto
import Destinations
import Messaging
import SettlementCore
import Testing

/// A rail's money is the platform's, and its fee the payer's as far as it was held (review 6, 15).
@Suite struct `What may go over a rail` {
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
    }

    private func pay(
        _ id: String,
        _ amount: MinorUnits = 1000,
        to destination: Destination = Self.address
    ) throws -> SettlementHarness.Executed {
        var order = settlement.order(id, 1, to: destination)
        order.amount = Money(minorUnits: amount, asset: .btc)
        return try settlement.execute(order)
    }

    private func grant(perDay: MinorUnits? = nil, outstanding: MinorUnits? = nil) throws {
        let grant = RailGrant(
            organisation: SettlementHarness.organisation,
            rail: "bark",
            asset: .btc,
            maxPerDay: perDay,
            maxOutstanding: outstanding
        )
        let reply = try settlement.ask(.grantRail(GrantRail(grant: grant)), RailGrants.self)
        #expect(reply.grants == [grant])
    }

    private func end(_ id: String, _ state: RailResult.FoundState, fee: MinorUnits = 0) throws {
        let outcomes: [RailResult.Outcome] = [
            .prepared(baseline: 7), .answered(reason: nil),
            .found(reference: "8", state: state, fee: fee),
        ]
        for outcome in outcomes {
            let result = RailResult(
                payment: Payment.ID("tx_" + id),
                outcome: outcome,
                orderedAt: settlement.now
            )
            try settlement.send(
                .railOrdersEnded(RailOrdersEnded(results: [result])),
                isAnswered: false
            )
        }
    }

    @Test func `without a grant nothing leaves, and nothing is held`() throws {
        let refused = try pay("1")
        #expect(refused.failure == .noRail && refused.released == [Payment.ID("tx_1")])
        #expect(try settlement.available("wal_ada", .btc) == 1_000_000)
        #expect(try settlement.count("rail_attempt") == 0)
    }

    @Test func `the first organisation may use every rail, unless its owner said otherwise`()
        throws
    {
        let opening = OpenRails(organisation: SettlementHarness.organisation)
        #expect(try settlement.ask(.openRails(opening), RailGrants.self).grants.count == 1)
        #expect(try pay("1").failure == nil)
        try grant(perDay: 0)
        let again = try settlement.ask(.openRails(opening), RailGrants.self)
        #expect(again.grants.first?.maxPerDay == 0)
        #expect(try pay("2", 1001).failure == .noRail)
    }

    @Test func `what is outstanding is bounded, and frees when its end is proven`() throws {
        try grant(outstanding: 2020)
        #expect(try pay("1").failure == nil)
        #expect(try pay("2", 1001).failure == .noRail)
        #expect(try pay("3", 999).failure == nil)
        try end("1", .notPaid)
        #expect(try pay("4").failure == nil)
        try end("3", .paid, fee: 1)
        #expect(try pay("5", 998).failure == nil)
        #expect(try pay("6").failure == .noRail)
    }

    @Test func `a day's amounts are bounded with their fees, and roll`() throws {
        try grant(perDay: 2020)
        #expect(try pay("1").failure == nil)
        try end("1", .paid, fee: 3)
        #expect(try pay("2", 1008).failure == .noRail, "1003 and 1018 are too much")
        #expect(try pay("3", 1007).failure == nil)
        try end("3", .notPaid)
        #expect(try pay("4", 1006).failure == nil, "what was not paid does not count")
        try end("4", .paid)
        settlement.now = settlement.now.advanced(byMilliseconds: 86_399_999)
        #expect(try pay("5", 1002).failure == .noRail)
        settlement.now = settlement.now.advanced(byMilliseconds: 1)
        #expect(try pay("5b", 2000).failure == nil)
    }

    @Test func `a grant is for its organisation, and its limits are checked`() throws {
        try grant()
        let other = RailGrant(organisation: SettlementHarness.other, rail: "bark", asset: .usdc)
        #expect(try settlement.refusal(.grantRail(GrantRail(grant: other))) == .invalidRequest)
        let nameless = RailGrant(organisation: SettlementHarness.other, rail: "", asset: .btc)
        #expect(try settlement.refusal(.grantRail(GrantRail(grant: nameless))) == .invalidRequest)
        let question = ListRailGrants(organisation: SettlementHarness.other)
        #expect(try settlement.ask(.listRailGrants(question), RailGrants.self).grants.isEmpty)
    }

    // MARK: Fees

    private func invoice(_ hops: [[Invoice.Hop]]) -> Invoice {
        var invoice = Invoice(
            network: .bitcoin,
            millisatoshis: 1_000_000,
            createdAt: settlement.now,
            paymentHash: Array(repeating: 1, count: 32),
            paymentSecret: Array(repeating: 2, count: 32),
            description: "",
            payee: []
        )
        invoice.routes = hops
        return invoice
    }

    private func hop(_ base: UInt32, _ millionths: UInt32) -> Invoice.Hop {
        Invoice.Hop(
            node: [],
            channel: 1,
            baseFee: base,
            proportionalFee: millionths,
            expiryDelta: 1
        )
    }

    @Test func `review 15: the cheapest route of an invoice is what its payment costs at least`() {
        #expect(invoice([]).leastRouteFee(for: 1000) == nil)
        #expect(invoice([[hop(0, 0)]]).leastRouteFee(for: 1000) == 0)
        #expect(invoice([[hop(1, 0)]]).leastRouteFee(for: 1000) == 1, "rounded up")
        #expect(invoice([[hop(0, 999_000)]]).leastRouteFee(for: 1000) == 999)
        #expect(invoice([[hop(0, 999_000)], [hop(1000, 1000)]]).leastRouteFee(for: 1000) == 2)
        #expect(invoice([[hop(0, 1_000_000), hop(0, 1_000_000)]]).leastRouteFee(for: 10) == 30)
        let most = [Invoice.Hop](repeating: hop(.max, .max), count: 20)
        #expect(invoice([most]).leastRouteFee(for: .max) == .max)
    }
}
