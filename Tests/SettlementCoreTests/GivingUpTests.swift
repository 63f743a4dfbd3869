import Contracts
import Ledger
import Messaging
import SQLiteStorage
import SettlementCore
import Storage
import Testing

/// What follows when an operator gives a message up that was put aside.
@Suite struct `What an operator gives up` {
    private let settlement: SettlementHarness

    init() throws {
        settlement = try SettlementHarness.withWallets()
    }

    @Test func `a payment fails, gives its authorization back, and is final`() throws {
        let given = try giveUp(settlement.order("1", 5_000_000))
        #expect(given.reply(PaymentOutcomes.self)?.outcomes.first?.payment?.status == .failed)
        #expect(given.command(RecordEvents.self)?.events.map(\.type) == [.transactionFailed])
        #expect(given.command(ReleaseAuthorizations.self)?.payments == [Payment.ID("tx_1")])
        #expect(try settlement.execute(settlement.order("1", 5_000_000)).status == .failed)
        #expect(try settlement.available("wal_ada") == 100_000_000)
        #expect(try settlement.verify().isClean)
    }

    @Test func `a payment that was made stays made`() throws {
        #expect(try settlement.execute(settlement.order("1", 5)).status == .confirmed)
        let given = try giveUp(settlement.order("1", 5))
        #expect(given.reply(PaymentOutcomes.self)?.outcomes.first?.payment?.status == .confirmed)
        #expect(given.command(ReleaseAuthorizations.self) == nil)
    }

    @Test func `a group's release fails, and Escrow is told`() throws {
        let move = GroupMove(
            release: GroupRelease.ID("rel_1"),
            organisation: SettlementHarness.organisation,
            group: GroupAccount.ID("grp_1"),
            destination: Destination(kind: .wallet, value: "wal_bob"),
            recipient: "wal_bob",
            amount: Money(minorUnits: 1, asset: .usdc),
            amountText: "0.000001",
            signers: []
        )
        let ends = try giveUp(.moveGroups(MoveGroups(moves: [move])))
            .command(RecordGroupMoves.self)
        #expect(ends?.ends.map(\.failure) == [.invalidState])
    }

    private func giveUp(_ order: PaymentOrder) throws -> [Outgoing] {
        let decided = DecidedPayment(
            order: order,
            policy: Policy.ID("pol_open"),
            decision: .approved
        )
        return try giveUp(.executePayments(ExecutePayments(payments: [decided])))
    }

    private func giveUp(_ input: SettlementInput) throws -> [Outgoing] {
        try settlement.database.write { transaction throws(StorageError) in
            try settlement.machine.giveUp(
                Received(input, at: settlement.now),
                in: transaction
            )
        }
    }
}
