import Contracts
import Destinations
import Messaging
import SQLiteStorage
import SettlementCore
import Storage
import Testing

/// What was stored, or came over the bus, before destinations had to be canonical ends nothing
/// (review 1).
@Suite struct `Destinations that cannot be read` {
    private static let ark = """
        ark1pwh9vsmezqqpharv69q4z8m6x364d5m5prnmcalcalq9pdmzw0y7mpveck4pcfhezqypczkrrj3lkx5\
        ue4qrf4jc7ztpt9htdttmh2judhqnu7aue8p0y9mqkr4cf5
        """

    private static let bad: [Destination] = [
        .init(kind: .lightningAddress, value: "nonsense"),
        .init(kind: .lightningAddress, value: "Bob@pay.example"),
        .init(kind: .lnurl, value: "lnurl1"), .init(kind: .lnurl, value: "shop.example"),
        .init(kind: .ark, value: ark.uppercased()), .init(kind: .ark, value: "nonsense"),
        .init(kind: .bolt12Offer, value: "nonsense"), .init(kind: .bolt11, value: "nonsense"),
    ]

    private let settlement: SettlementHarness

    init() throws {
        settlement = try SettlementHarness.withBitcoin()
        try settlement.send(.openRails(OpenRails(organisation: SettlementHarness.organisation)))
    }

    private func order(to destination: Destination) -> PaymentOrder {
        var order = settlement.order("1", 1, to: destination)
        order.amount = Money(minorUnits: 1000, asset: .btc)
        return order
    }

    private func balance() throws -> Balance? {
        try settlement.wallet("wal_ada").balances.first { $0.asset == .btc }
    }

    @Test(arguments: bad)
    func `review 1: a decision to pay one is refused, and nothing is held`(
        destination: Destination
    ) throws {
        let paid = try settlement.execute(order(to: destination))
        #expect(paid.failure == .invalidRequest && paid.released == [Payment.ID("tx_1")])
        #expect(try settlement.count("rail_attempt") == 0)
        #expect(try balance() == Balance(asset: .btc, available: 1_000_000, held: 0))
    }

    @Test(arguments: bad)
    func `review 1: none gets into the directory`(destination: Destination) throws {
        let request = RegisterDestination(
            organisation: SettlementHarness.organisation,
            entry: DirectoryEntry.ID("dst_1"),
            wallet: Wallet.ID("wal_bob"),
            destination: destination
        )
        #expect(try settlement.refusal(.registerDestination(request)) == .invalidRequest)
    }

    @Test(arguments: bad)
    func `review 1: an escrow for one goes back to its payer`(destination: Destination) throws {
        var order = order(to: Destination(kind: .domain, value: "nobody.example"))
        order.escrow = Escrow.ID("escrow_1")
        let locked = try settlement.send(
            .executePayments(
                ExecutePayments(
                    payments: [
                        DecidedPayment(
                            order: order,
                            policy: Policy.ID("pol_open"),
                            decision: .approved
                        )
                    ]
                )
            )
        )
        let lock = locked.command(RecordLocks.self)?.locks.first
        #expect(lock?.payment?.status == .confirmed)
        func end(_ part: MinorUnits) throws -> EscrowEnd? {
            let move = EscrowMove(
                escrow: Escrow.ID("escrow_1"),
                organisation: SettlementHarness.organisation,
                toReceiver: part,
                receiver: destination
            )
            let sent = try settlement.send(.endEscrows(EndEscrows(moves: [move])))
            return sent.command(RecordEnds.self)?.ends.first
        }
        let refused = try end(1000)?.failure
        #expect(refused == (destination.kind == .bolt11 ? .noRail : .invalidRequest))
        #expect(try settlement.count("rail_attempt") == 0)
        let back = try end(0)
        #expect(back != nil && back?.failure == nil)
        #expect(try balance() == Balance(asset: .btc, available: 1_000_000, held: 0))
    }

    @Test func `review 1: an attempt whose address cannot be asked fails, and frees the money`()
        throws
    {
        let good = Destination(kind: .lightningAddress, value: "bob@pay.example")
        #expect(try settlement.execute(order(to: good)).outcome == nil, "it is asked")
        #expect(try balance()?.held == 1010)
        try settlement.database.write { transaction throws(StorageError) in
            _ = try transaction.execute("UPDATE rail_attempt SET value = 'nonsense'")
        }
        settlement.now = settlement.now.advanced(byMilliseconds: 30_000)
        let sent = try settlement.send(.pulse, isAnswered: false)
        #expect(sent.command(ReleaseAuthorizations.self)?.payments == [Payment.ID("tx_1")])
        #expect(try balance() == Balance(asset: .btc, available: 1_000_000, held: 0))
    }
}
