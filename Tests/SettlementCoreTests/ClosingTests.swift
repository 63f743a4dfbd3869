import Contracts
import Destinations
import Ledger
import Messaging
import SQLiteStorage
import SettlementCore
import Storage
import Testing

/// When a wallet closes, and what a change of a wallet changes (review 9, F10, R53; house 0.3).
@Suite struct `Closing and changing wallets` {
    private let harness: SettlementHarness

    init() throws {
        harness = try SettlementHarness.withWallets()
    }

    private func lock(_ name: String, _ amount: Int64, from payer: String = "wal_ada") throws {
        var order = harness.order(name, amount, from: payer)
        order.escrow = Escrow.ID("escrow_" + name)
        _ = try harness.execute(order)
    }

    private func end(_ name: String, toReceiver amount: MinorUnits) throws -> [Outgoing] {
        let move = EscrowMove(
            escrow: Escrow.ID("escrow_" + name),
            organisation: SettlementHarness.organisation,
            toReceiver: amount,
            receiver: Destination(kind: .wallet, value: "wal_bob")
        )
        return try harness.send(.endEscrows(EndEscrows(moves: [move])), isAnswered: false)
    }

    private func closing(_ wallet: String) throws -> RequestRefused.Code? {
        try harness.refusal(.setWalletStatus(harness.setting(wallet, .closed)))
    }

    private func update(
        _ wallet: String,
        label: String? = nil,
        policy: String? = nil,
        status: WalletSnapshot.Status? = nil
    ) -> SettlementInput {
        .updateWallet(
            UpdateWallet(
                organisation: SettlementHarness.organisation,
                wallet: Wallet.ID(wallet),
                label: label,
                policy: policy.map { Policy.ID($0) },
                status: status
            )
        )
    }

    @Test func `a wallet with money stays open`() throws {
        #expect(try closing("wal_ada") == .conflict)
        #expect(try harness.wallet("wal_ada").status == .active)
        #expect(try closing("wal_eve") == nil)
    }

    @Test func `R53: neither party of an open escrow closes before it ends`() throws {
        try harness.fund("wal_eve", 10)
        try lock("one", 10, from: "wal_eve")
        #expect(try closing("wal_eve") == .conflict)
        #expect(try closing("wal_bob") == .conflict)
        _ = try end("one", toReceiver: 0)
        #expect(try closing("wal_bob") == nil)
        #expect(try closing("wal_eve") == .conflict, "the money is back")
    }

    @Test func `F10: a lock that comes after the wallet closed moves nothing`() throws {
        #expect(try closing("wal_eve") == nil)
        var order = harness.order("late", 1, from: "wal_eve")
        order.escrow = Escrow.ID("escrow_late")
        _ = try harness.execute(order)
        #expect(try harness.count("escrow_account") == 0)
    }

    @Test func `a payment that waits for a person keeps its wallet open`() throws {
        let waiting = DecidedPayment.Decision.needsApproval(approval: Approval.ID("apr_1"))
        _ = try harness.execute(harness.order("w", 10, from: "wal_eve"), waiting)
        #expect(try closing("wal_eve") == .conflict)
        let no = DecidedPayment.Decision.notApproved(
            approval: Approval.ID("apr_1"),
            status: .denied
        )
        _ = try harness.execute(harness.order("w", 10, from: "wal_eve"), no)
        #expect(try closing("wal_eve") == nil)
    }

    @Test func `review 9: money that waits for a phone number keeps its wallet open`() throws {
        try harness.deposit(100, .dzar, reference: "float")
        let batch = "b7ccbefd-51e1-4720-81fb-da5740e38e8c"
        let creation = CreateBatch(
            organisation: SettlementHarness.organisation,
            batch: batch,
            name: "Test",
            externalID: nil
        )
        _ = try harness.ask(.createBatch(creation), BatchReply.self)
        let payout = PayoutOrder(
            id: "00000000-0000-4000-8000-000000000101",
            phone: "27821231101",
            amount: 100
        )
        let payouts = AddPayouts(
            organisation: SettlementHarness.organisation,
            batch: batch,
            replaces: false,
            payouts: [payout]
        )
        _ = try harness.ask(.addPayouts(payouts), PayoutList.self)
        try harness.send(
            .submitBatch(
                SubmitBatch(
                    organisation: SettlementHarness.organisation,
                    batch: batch,
                    policy: Policy.ID("pol_open")
                )
            )
        )
        let decision = ExecuteBatch(
            organisation: SettlementHarness.organisation,
            batch: batch,
            attempt: 1,
            problems: []
        )
        try harness.send(.executeBatch(decision), isAnswered: false)
        #expect(try closing("wal_eve") == nil)
        // Policy has not said yet that the money may go there.
        let entry = try harness.register(.phone, payout.phone, for: "wal_bob")
        #expect(try closing("wal_bob") == .conflict)
        let settle = SettleClaims(
            organisation: SettlementHarness.organisation,
            entry: DirectoryEntrySnapshot(
                id: entry,
                wallet: Wallet.ID("wal_bob"),
                destination: Destination(kind: .phone, value: payout.phone),
                createdAt: harness.now
            ),
            allowed: [payout.phone]
        )
        try harness.send(.settleClaims(settle), isAnswered: false)
        #expect(try closing("wal_bob") == .conflict, "now the money is the wallet's")
        #expect(try harness.verify().isClean)
    }

    @Test func `review 9: a group's money keeps its members' wallets open, until it is empty`()
        throws
    {
        let users = [
            "a15e0b6d-76ed-4443-b83f-ade9eca2681a", "b9126674-b07d-49b6-bf4f-48d965b2242b",
        ]
        let entry = try harness.register(.mixinUser, users[0], for: "wal_eve")
        let opening = OpenGroup(
            organisation: SettlementHarness.organisation,
            members: users,
            threshold: 1,
            asset: .usdc,
            wallet: Wallet.ID("wal_ada")
        )
        let group = try #require(
            try harness.send(.openGroup(opening)).command(RecordGroup.self)?.group.id
        )
        let paid = try harness.execute(
            harness.order("in", 5, to: Destination(kind: .group, value: group.rawValue))
        )
        #expect(paid.status == .confirmed)
        #expect(try closing("wal_eve") == .conflict)
        #expect(try closing("wal_bob") == nil, "who is no member closes")
        let removal = RemoveDestination(
            organisation: SettlementHarness.organisation,
            wallet: Wallet.ID("wal_eve"),
            entry: entry
        )
        try harness.send(.removeDestination(removal))
        #expect(try closing("wal_eve") == nil, "the user is nobody's now")
    }

    @Test func `L6: a wallet's names have at most 128 KiB together`() throws {
        func text(_ number: Int) -> String {
            let url = "https://pay.example/\(100 + number)" + String(repeating: "x", count: 1900)
            let values = FiveBits.values(of: url.utf8)
            return Bech32(prefix: "lnurl", values: values, variant: .bech32).text
        }
        func register(_ number: Int) throws -> RequestRefused.Code? {
            try harness.refusal(
                .registerDestination(
                    RegisterDestination(
                        organisation: SettlementHarness.organisation,
                        entry: DirectoryEntry.ID("dst_\(number)"),
                        wallet: Wallet.ID("wal_eve"),
                        destination: Destination(kind: .lnurl, value: text(number))
                    )
                )
            )
        }
        let most = (128 << 10) / text(0).utf8.count
        for number in 0..<most { #expect(try register(number) == nil) }
        #expect(try register(most) == .conflict)
    }

    @Test func `review 9: a refund whose payer closed before this was refused is the reserve's`()
        throws
    {
        try harness.fund("wal_eve", 10)
        try lock("old", 10, from: "wal_eve")
        try harness.database.write { transaction throws(StorageError) in
            _ = try transaction.execute("UPDATE wallet SET status = 'closed' WHERE id = 'wal_eve'")
        }
        let reserve = try reserve()
        let ended = try end("old", toReceiver: 0)
        #expect(try self.reserve() == reserve.adding(10))
        #expect(try harness.available("wal_eve") == 0)
        let event = try #require(ended.command(RecordEvents.self)?.events.first)
        #expect(event.data.payment?.recipient == "reserve")
        #expect(try harness.verify().isClean)
    }

    private func reserve() throws -> MinorUnits {
        let question = GetReserve(organisation: SettlementHarness.organisation)
        return try harness.ask(.getReserve(question), ReserveReply.self).balances
            .first { $0.asset == .usdc }?.available ?? 0
    }

    @Test func `a change that is refused changes nothing`() throws {
        let change = update("wal_ada", label: "new", policy: "pol_b", status: .closed)
        #expect(try harness.refusal(change) == .conflict)
        #expect(try harness.wallet("wal_ada").label == nil)
    }

    @Test func `a change is made whole, and Policy answers when the policy changes`() throws {
        let outgoing = try harness.send(
            update("wal_ada", label: "new", policy: "pol_b", status: .frozen)
        )
        let command = try #require(outgoing.command(BindWallet.self))
        #expect(command.rebinds == true && command.policy == Policy.ID("pol_b"))
        #expect(command.wallet.label == "new" && command.wallet.status == .frozen)
        #expect(command.returnAddress != nil && outgoing.reply(WalletReply.self) == nil)
        let events = outgoing.command(RecordEvents.self)?.events
        #expect(events?.map(\.type) == [.walletFrozen])
        let change = update("wal_ada", label: "b", status: .frozen)
        #expect(try harness.ask(change, WalletReply.self).wallet.label == "b")
    }

    @Test func `house 0.2: a repeated creation is the first one, also under another default`()
        throws
    {
        var opening = harness.opening("ada")
        opening.policy = Policy.ID("pol_conservative")
        #expect(try harness.refusal(.openWallet(opening)) == .idempotencyConflict)
        opening.isDefaultPolicy = true
        let outgoing = try harness.send(.openWallet(opening))
        let command = try #require(outgoing.command(BindWallet.self))
        #expect(command.rebinds == nil && command.wallet.id == Wallet.ID("wal_ada"))
        #expect(outgoing.command(RecordEvents.self) == nil)
    }
}
