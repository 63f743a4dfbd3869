import Contracts
import Ledger
import Testing

@Suite("Payments that fail") struct FailedPaymentTests {
    let settlement: SettlementHarness

    init() throws {
        settlement = try SettlementHarness.withWallets()
    }

    @Test func `too little money fails, gives the authorization back and is final`() throws {
        let executed = try settlement.execute(settlement.order("1", 100_000_001))
        #expect(executed.status == .failed)
        #expect(executed.failure == .insufficientFunds)
        #expect(executed.payment?.entry == nil)
        #expect(executed.events.map(\.type) == [.transactionFailed])
        #expect(executed.released == [Payment.ID("tx_1")])
        try settlement.fund("wal_ada", 50_000_000)
        let repeated = try settlement.execute(settlement.order("1", 100_000_001))
        #expect(repeated.payment == executed.payment)
        // Policy may have decided it anew; what it reserved is given back again.
        #expect(repeated.released == [Payment.ID("tx_1")])
        #expect(try settlement.available("wal_ada") == 150_000_000)
    }

    @Test func `a wallet can be spent to nothing and no further`() throws {
        #expect(try settlement.execute(settlement.order("1", 100_000_000)).status == .confirmed)
        let next = try settlement.execute(settlement.order("2", 1))
        #expect(next.failure == .insufficientFunds)
        #expect(try settlement.verify().isClean)
    }

    @Test func `another asset than the wallet has is too little money`() throws {
        var order = settlement.order("1", 1)
        order.amount = Money(minorUnits: 1, asset: .btc)
        #expect(try settlement.execute(order).failure == .insufficientFunds)
        #expect(try settlement.wallet("wal_bob").balances.isEmpty)
    }

    @Test(arguments: [WalletSnapshot.Status.frozen, .closed])
    func `a wallet that is not active does not pay`(status: WalletSnapshot.Status) throws {
        _ = try settlement.setStatus("wal_eve", status)
        let executed = try settlement.execute(settlement.order("1", 1, from: "wal_eve"))
        #expect(executed.failure == .walletFrozen)
        #expect(executed.released.count == 1)
    }

    @Test func `a frozen wallet is paid, a closed one is not`() throws {
        _ = try settlement.setStatus("wal_bob", .frozen)
        #expect(try settlement.execute(settlement.order("1", 1)).status == .confirmed)
        _ = try settlement.setStatus("wal_eve", .closed)
        let eve = Destination(kind: .wallet, value: "wal_eve")
        let executed = try settlement.execute(settlement.order("2", 1, to: eve))
        #expect(executed.failure == .destinationUnknown)
    }

    @Test func `a wallet does not pay itself, by no name`() throws {
        let address = try settlement.wallet("wal_ada").solanaAddress
        let names = [
            Destination(kind: .wallet, value: "wal_ada"),
            Destination(kind: .agent, value: "ada"),
            Destination(kind: .solana, value: address),
        ]
        for (number, name) in names.enumerated() {
            let executed = try settlement.execute(settlement.order("\(number)", 1, to: name))
            #expect(executed.failure == .invalidRequest)
        }
        #expect(try settlement.available("wal_ada") == 100_000_000)
    }

    @Test func `an unknown payer and another organisation's payer are not there`() throws {
        try settlement.open("mallory", of: SettlementHarness.other)
        for payer in ["wal_nobody", "wal_mallory"] {
            let executed = try settlement.execute(settlement.order(payer, 1, from: payer))
            #expect(executed.failure == .notFound)
        }
    }

    @Test func `an order of another organisation cannot spend a wallet`() throws {
        try settlement.open("mallory", of: SettlementHarness.other)
        var order = settlement.order("1", 1, to: Destination(kind: .agent, value: "mallory"))
        order.organisation = SettlementHarness.other
        #expect(try settlement.execute(order).failure == .notFound)
        #expect(try settlement.available("wal_ada") == 100_000_000)
    }

    @Test(arguments: [
        (Destination(kind: .wallet, value: "wal_nobody"), RequestRefused.Code.destinationUnknown),
        (Destination(kind: .agent, value: "nobody"), .destinationUnknown),
        (Destination(kind: .domain, value: "example.com"), .noRail),
        (
            Destination(kind: .solana, value: "9xQeWvG816bUx9EPjHmaT23yvVM2ZWbrrpZb9PusVFin"),
            .noRail
        ),
        (Destination(kind: .bolt11, value: "lnbc1"), .invalidRequest),
        (Destination(kind: .bitcoin, value: "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"), .noRail),
        (Destination(kind: .phone, value: "27821234567"), .noRail),
    ])
    func `a destination that is nobody's`(
        destination: Destination,
        code: RequestRefused.Code
    ) throws {
        let executed = try settlement.execute(settlement.order("1", 1, to: destination))
        #expect(executed.failure == code)
        #expect(executed.payment?.recipientWallet == nil)
    }

    @Test func `another organisation's wallet is not paid by any name`() throws {
        let mallory = try settlement.open("mallory", of: SettlementHarness.other)
        let names: [(Destination, RequestRefused.Code)] = [
            (Destination(kind: .wallet, value: "wal_mallory"), .destinationUnknown),
            (Destination(kind: .agent, value: "mallory"), .destinationUnknown),
            (Destination(kind: .solana, value: mallory.solanaAddress), .noRail),
        ]
        for (name, code) in names {
            let order = settlement.order(name.kind.rawValue, 1, to: name)
            #expect(try settlement.execute(order).failure == code)
        }
    }
}
