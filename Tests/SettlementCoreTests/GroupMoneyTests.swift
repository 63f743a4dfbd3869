import Contracts
import Messaging
import SQLiteStorage
import SettlementCore
import Storage
import Testing

@Suite("Money of groups") struct GroupMoneyTests {
    private static let members = [
        "a15e0b6d-76ed-4443-b83f-ade9eca2681a", "b9126674-b07d-49b6-bf4f-48d965b2242b",
        "15141fe4-1cfd-40f8-9819-71e453054639",
    ]
    private static let trace = "7a9aac77-528d-470f-9e6a-ce6ff0826b2b"
    private static let code = "9ce76edb-6fc9-4a4e-b01c-567cb7ae0aa2"

    private let settlement: SettlementHarness

    /// What the last move gave back.
    private var released: [Payment.ID] {
        get { box.released }
        nonmutating set { box.released = newValue }
    }

    private final class Box {
        var released: [Payment.ID] = []
    }

    private let box = Box()

    init() throws {
        settlement = try SettlementHarness.withWallets()
    }

    private func open(
        _ members: [String] = GroupMoneyTests.members,
        threshold: Int = 2
    ) throws -> GroupSnapshot {
        let request = OpenGroup(
            organisation: SettlementHarness.organisation,
            members: members,
            threshold: threshold,
            asset: .usdc
        )
        let told = try settlement.send(.openGroup(request)).command(RecordGroup.self)
        #expect(told?.returnAddress != nil, "Policy takes note first, and answers")
        return try #require(told?.group)
    }

    /// A group with 50 micro-dollars.
    private func funded() throws -> GroupSnapshot {
        let group = try open()
        let destination = Destination(kind: .group, value: group.id.rawValue)
        let paid = try settlement.execute(settlement.order("in", 50, to: destination))
        #expect(paid.status == .confirmed)
        return group
    }

    private func move(
        _ group: GroupSnapshot,
        _ amount: Int64 = 20,
        signers: [String],
        release: String = "rel_1",
        by wallets: [String] = ["wal_ada", "wal_bob", "wal_eve"],
        authorizations: [Payment.ID]? = nil,
        paying receiver: Wallet.ID? = nil,
        to destination: Destination = Destination(kind: .wallet, value: "wal_bob")
    ) throws -> GroupMoveEnd {
        let asked = Set(zip(signers, wallets).map(\.1)).sorted().map { Payment.ID("tx_of_" + $0) }
        let move = GroupMove(
            release: GroupRelease.ID(release),
            organisation: SettlementHarness.organisation,
            group: group.id,
            destination: destination,
            recipient: destination.value,
            receiverWallet: receiver,
            amount: Money(minorUnits: MinorUnits(amount), asset: .usdc),
            amountText: "0.00002",
            signers: signers,
            signatures: zip(signers, wallets).map {
                GroupSignature(member: $0, wallet: Wallet.ID($1))
            },
            authorizations: authorizations ?? asked
        )
        let sent = try settlement.send(.moveGroups(MoveGroups(moves: [move])), isAnswered: false)
        released = sent.command(ReleaseAuthorizations.self)?.payments ?? []
        return try #require(sent.command(RecordGroupMoves.self)?.ends.first)
    }

    /// review 3: a frozen wallet's signature moves nothing, also when it was given before.
    @Test(arguments: [WalletSnapshot.Status.frozen, .closed])
    func `a signing wallet that is not active stops the release, and gives its windows back`(
        status: WalletSnapshot.Status
    ) throws {
        let group = try funded()
        _ = try settlement.setStatus("wal_eve", status)
        let signers = Array(Self.members.prefix(2))
        let reserved = [Payment.ID("tx_group_1_ada"), Payment.ID("tx_group_1_eve")]
        let stopped = try move(
            group,
            signers: signers,
            by: ["wal_ada", "wal_eve"],
            authorizations: reserved
        )
        #expect(stopped.failure == .walletFrozen && released == reserved)
        #expect(try move(group, signers: signers, authorizations: reserved) == stopped)
        #expect(released == reserved, "L8: it may have been reserved anew in between")
        #expect(try move(group, signers: signers, release: "rel_2").failure == nil)
    }

    @Test func `signatures count by wallets, and those without one not at all`() throws {
        let group = try funded()
        let all = Self.members
        for (name, wallets) in [
            ("rel_a", ["wal_ada", "wal_ada", "wal_ada"]), ("rel_b", []),
            ("rel_c", ["wal_ada", "wal_nobody"]),
        ] {
            let end = try move(group, signers: all, release: name, by: wallets)
            #expect(end.failure == .forbidden)
        }
        #expect(try settlement.available("wal_bob") == 0)
    }

    /// F3's sibling: a name that moves to another wallet takes no release with it.
    @Test func `a release pays the wallet that was fixed when it was asked for`() throws {
        let group = try funded()
        let name = Destination(kind: .agent, value: "eve")
        let bob = Wallet.ID("wal_bob")
        #expect(try move(group, signers: Self.members, paying: bob, to: name).failure == nil)
        #expect(try settlement.available("wal_bob") == 20)
    }

    @Test func `groups that were opened before Policy knew them are told once`() throws {
        let group = try open()
        func told() throws -> [GroupAccount.ID] {
            try settlement.send(.pulse).compactMap { ($0.body as? RecordGroup)?.group.id }
        }
        #expect(try told().isEmpty)
        try settlement.database.write { transaction throws(StorageError) in
            _ = try transaction.execute("UPDATE group_account SET is_told = 0")
        }
        #expect(try told() == [group.id] && told().isEmpty)
    }

    @Test func `a frozen wallet's key makes no payment code`() throws {
        _ = try settlement.setStatus("wal_ada", .frozen)
        #expect(try create(30).reply(RequestRefused.self)?.code == .walletFrozen)
    }

    @Test func `a group is its members, whatever their order, its threshold and its asset`() throws
    {
        let group = try open()
        #expect(try open(Self.members.reversed() + [Self.members[0]]).id == group.id)
        #expect(try open(threshold: 3).id != group.id)
        #expect(group.members == Self.members.sorted() && group.threshold == 2)
    }

    @Test(arguments: [([], 1), (["x"], 1), (members, 4), (members, 0)])
    func `a group that cannot be is refused`(members: [String], threshold: Int) throws {
        let request = OpenGroup(
            organisation: SettlementHarness.organisation,
            members: members,
            threshold: threshold,
            asset: .usdc
        )
        #expect(try settlement.refusal(.openGroup(request)) == .invalidRequest)
    }

    @Test func `too few signatures, or a stranger's, move nothing`() throws {
        let group = try funded()
        let one = Self.members[0]
        let stranger = "3e72ca0c-1bab-49ad-aa0a-4d8471d375e7"
        #expect(try move(group, signers: [one], release: "rel_a").failure == .forbidden)
        #expect(try move(group, signers: [one, one], release: "rel_b").failure == .forbidden)
        #expect(try move(group, signers: [one, stranger], release: "rel_c").failure == .forbidden)
        #expect(try settlement.available("wal_bob") == 0)
    }

    @Test func `enough signatures move the money once`() throws {
        let group = try funded()
        let first = try move(group, signers: Array(Self.members.prefix(2)))
        #expect(first.failure == nil && first.entry != nil && first.signature != nil)
        #expect(try move(group, signers: Self.members) == first)
        #expect(try settlement.available("wal_bob") == 20)
    }

    @Test func `more than there is, or nobody, moves nothing, and stays so`() throws {
        let group = try funded()
        let poor = try move(group, 51, signers: Self.members, release: "rel_p")
        #expect(poor.failure == .insufficientFunds)
        #expect(try move(group, 20, signers: Self.members, release: "rel_p") == poor)
        let nobody = Destination(kind: .agent, value: "nobody")
        let lost = try move(group, signers: Self.members, release: "rel_n", to: nobody)
        #expect(lost.failure == .destinationUnknown)
        #expect(try settlement.available("wal_bob") == 0)
    }

    private func opening(_ members: [String], by wallet: String = "wal_eve") -> SettlementInput {
        .openGroup(
            OpenGroup(
                organisation: SettlementHarness.organisation,
                members: members,
                threshold: 1,
                asset: .usdc,
                wallet: Wallet.ID(wallet)
            )
        )
    }

    private func users(_ range: Range<Int>) -> [String] {
        range.map { number in
            let digits = String(number)
            return "00000000-0000-4000-8000-" + String(repeating: "0", count: 12 - digits.count)
                + digits
        }
    }

    /// L6: a group is opened before anything is decided.
    @Test func `a wallet opens groups that nobody pays with 4,096 members a day`() throws {
        for number in 0..<16 {
            let members = users(number * 256..<(number + 1) * 256)
            #expect(try settlement.refusal(opening(members)) == nil)
        }
        let more = opening(users(9000..<9003))
        #expect(try settlement.refusal(more) == .conflict)
        #expect(try create(30).reply(CodeReply.self) != nil, "another wallet opens its own")
        #expect(try settlement.refusal(opening(users(0..<256))) == nil, "what is there is found")
        let one = try settlement.send(opening(users(0..<256))).command(RecordGroup.self)?.group
        let paid = try settlement.execute(
            settlement.order("p", 5, to: Destination(kind: .group, value: one?.id.rawValue ?? ""))
        )
        #expect(paid.status == .confirmed)
        #expect(try settlement.refusal(more) == nil, "one that was paid counts no more")
        let rest = opening(users(8000..<8254))
        #expect(try settlement.refusal(rest) == .conflict)
        settlement.now = settlement.now.advanced(byMilliseconds: Timestamp.millisecondsPerDay)
        #expect(try settlement.refusal(rest) == nil)
    }

    private func own(_ limit: Int, after: PagePosition? = nil) -> ListGroups {
        ListGroups(
            organisation: SettlementHarness.organisation,
            wallet: Wallet.ID("wal_bob"),
            page: PageRequest(limit: limit, after: after)
        )
    }

    /// L6: what others open costs a member no more than the page that it reads.
    @Test func `a member's groups are read from the newest on, a page at a time`() throws {
        let both = users(0..<2)
        for user in both { try settlement.register(.mixinUser, user, for: "wal_bob") }
        var all: [GroupAccount.ID] = []
        for number in 0..<60 {
            var members = [both[number % 2], users(100 + number..<101 + number)[0]]
            if number % 5 == 0 { members = both + [members[1]] }
            let open = opening(members, by: "wal_\(number)")
            let told = try settlement.send(open).command(RecordGroup.self)
            all.insert(try #require(told?.group.id), at: 0)
            _ = try settlement.send(opening(users(number + 300..<number + 303)))
        }
        var seen: [GroupAccount.ID] = []
        var position: PagePosition?
        repeat {
            let page = try settlement.ask(.listGroups(own(7, after: position)), GroupList.self)
            #expect((1...7).contains(page.groups.count))
            seen += page.groups.map(\.id)
            position = page.next
        } while position != nil
        #expect(seen == all)
        let rows = try settlement.rowsRead(.listGroups(own(1)))
        #expect(rows < 20, "\(rows) and not 60")
    }

    // MARK: Payment codes

    private func create(_ amount: Int64, trace: String = trace) throws -> [Outgoing] {
        try settlement.send(
            .createCode(
                CreateCode(
                    organisation: SettlementHarness.organisation,
                    wallet: Wallet.ID("wal_ada"),
                    code: Self.code,
                    trace: trace,
                    amount: Money(minorUnits: MinorUnits(amount), asset: .usdc),
                    threshold: 2,
                    receivers: Self.members,
                    memo: ""
                )
            )
        )
    }

    private func pay(
        _ id: String,
        _ amount: Int64,
        from payer: String = "wal_ada"
    ) throws -> SettlementHarness.Executed {
        let group = try open()
        var order = settlement.order(
            id,
            amount,
            from: payer,
            to: Destination(kind: .group, value: group.id.rawValue)
        )
        order.trace = Self.trace
        return try settlement.execute(order)
    }

    @Test func `a code is made once, and its trace stands for nothing else`() throws {
        let code = try #require(try create(30).reply(CodeReply.self)?.code)
        #expect(code.group == (try open().id) && !code.isPaid)
        #expect(try create(30).reply(CodeReply.self)?.code == code)
        #expect(try create(31).reply(RequestRefused.self)?.code == .idempotencyConflict)
        #expect(try pay("wrong", 31).failure == .idempotencyConflict)
        #expect(try pay("right", 30).status == .confirmed)
        #expect(try create(30).reply(CodeReply.self)?.code.isPaid == true)
    }

    @Test func `a trace is paid once, whoever pays, and a failure does not use it up`() throws {
        #expect(try pay("poor", 30, from: "wal_bob").failure == .insufficientFunds)
        #expect(try pay("first", 30).status == .confirmed)
        try settlement.fund("wal_eve", 100)
        #expect(try pay("second", 30, from: "wal_eve").failure == .conflict)
        #expect(try settlement.available("wal_eve") == 100)
        let taken = try create(40)
        #expect(taken.reply(RequestRefused.self)?.code == .idempotencyConflict)
    }

    @Test func `without an organisation, a trace tells only whether it was paid`() throws {
        func ask(_ organisation: Organisation.ID?, _ party: Wallet.ID?) throws -> TraceReply {
            try settlement.ask(
                .findTrace(FindTrace(organisation: organisation, trace: Self.trace, party: party)),
                TraceReply.self
            )
        }
        #expect(try ask(nil, nil) == TraceReply(isPaid: false))
        _ = try pay("first", 30)
        #expect(try ask(nil, nil).isPaid && (try ask(nil, nil).payment) == nil)
        #expect(try ask(SettlementHarness.other, nil).isPaid == false)
        let own = SettlementHarness.organisation
        #expect(try ask(own, Wallet.ID("wal_eve")).payment == nil)
        #expect(try ask(own, Wallet.ID("wal_ada")).payment?.trace == Self.trace)
    }
}
