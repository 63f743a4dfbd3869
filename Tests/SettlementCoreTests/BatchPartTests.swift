import Contracts
import Ledger
import Messaging
import SettlementCore
import Testing

/// Batches that are larger than one turn: they are decided, paid and taken back in parts, and
/// others have their turn in between.
@Suite struct `Batches in parts` {
    private static let batch = "b7ccbefd-51e1-4720-81fb-da5740e38e8c"
    private static let other = "c7ccbefd-51e1-4720-81fb-da5740e38e8c"
    private static let organisation = SettlementHarness.organisation
    private static let perTurn = 2

    private let harness: SettlementHarness

    init() throws {
        harness = try SettlementHarness.withWallets(payoutsPerTurn: Self.perTurn)
        try harness.deposit(10_000, .dzar, reference: "float")
    }

    // MARK: Helpers

    private func make(_ batch: String, _ amounts: [Int64], from first: Int = 101) throws {
        let creation = CreateBatch(
            organisation: Self.organisation,
            batch: batch,
            name: "Test",
            externalID: nil
        )
        _ = try harness.ask(.createBatch(creation), BatchReply.self)
        if amounts.isEmpty { return }
        let payouts = amounts.enumerated().map { index, amount in
            PayoutOrder(
                id: batch.prefix(24) + "000000000\(first + index)",
                phone: "27821231\(first + index)",
                amount: MinorUnits(amount)
            )
        }
        try add(payouts, to: batch)
    }

    private func add(_ payouts: [PayoutOrder], to batch: String) throws {
        let addition = AddPayouts(
            organisation: Self.organisation,
            batch: batch,
            replaces: false,
            payouts: payouts
        )
        _ = try harness.ask(.addPayouts(addition), PayoutList.self)
    }

    private func submit(_ batch: String = Self.batch, _ client: String = "1") throws -> [Outgoing] {
        let body = SubmitBatch(
            organisation: Self.organisation,
            batch: batch,
            policy: Policy.ID("pol_open")
        )
        return try harness.send(.submitBatch(body), correlationID: client)
    }

    private func decide(
        _ asked: AuthorizeBatch,
        problems: [String] = [],
        recipients: [String: Wallet.ID]? = nil
    ) throws -> [Outgoing] {
        let decision = ExecuteBatch(
            organisation: asked.organisation,
            batch: asked.batch,
            attempt: asked.attempt,
            problems: problems,
            offset: asked.offset,
            recipients: recipients
        )
        return try harness.send(.executeBatch(decision), isAnswered: false)
    }

    /// Says yes to all parts, and returns what each asked for and what the last one led to.
    private func approve(
        _ outgoing: [Outgoing],
        recipients: [String: Wallet.ID]? = nil
    ) throws -> (parts: [AuthorizeBatch], end: [Outgoing]) {
        var outgoing = outgoing
        var parts: [AuthorizeBatch] = []
        while let asked = outgoing.command(AuthorizeBatch.self), asked.batch == Self.batch {
            parts.append(asked)
            outgoing = try decide(asked, recipients: recipients)
        }
        return (parts, outgoing)
    }

    /// Lets pulses come as long as they are asked for, and returns what each sent.
    private func pulses(after outgoing: [Outgoing]) throws -> [[Outgoing]] {
        var turns: [[Outgoing]] = [outgoing]
        while turns.last?.contains(where: { $0.route == .pulse }) == true {
            #expect(turns.count < 100, "it comes to an end")
            turns.append(try harness.send(.pulse, isAnswered: false))
            #expect(try harness.verify().isClean)
        }
        return turns
    }

    private func snapshot(_ batch: String = Self.batch) throws -> BatchSnapshot {
        let question = GetBatch(organisation: Self.organisation, batch: batch)
        return try harness.ask(.getBatch(question), BatchReply.self).batch
    }

    private func payouts() throws -> [PayoutStatus] {
        let question = ListPayouts(
            organisation: Self.organisation,
            batch: Self.batch,
            skip: 0,
            take: 100
        )
        return try harness.ask(.listPayouts(question), PayoutList.self).payouts.map(\.status)
    }

    private func float() throws -> Int64 {
        let question = GetReserve(organisation: Self.organisation)
        let reserve = try harness.ask(.getReserve(question), ReserveReply.self)
        return reserve.balances.first { $0.asset == .dzar }?.available.rawValue ?? 0
    }

    private func events(_ outgoing: [Outgoing]) -> [EventType] {
        outgoing.compactMap { $0.body as? RecordEvents }.flatMap { $0.events.map(\.type) }
    }

    // MARK: Tests

    @Test func `no turn decides about or pays more payouts than a turn has`() throws {
        try make(Self.batch, [500, 300, 200, 100, 50])
        try harness.register(.phone, "27821231101", for: "wal_bob")
        try harness.register(.phone, "27821231104", for: "wal_eve")
        let (parts, end) = try approve(try submit())
        #expect(parts.map { $0.payouts.map(\.amount) } == [[500, 300], [200, 100], [50]])
        #expect(parts.map(\.offset) == [nil, 2, 4])
        #expect(parts.map(\.hasMore) == [true, true, nil])
        // All of the money has left the reserve with the first turn.
        #expect(try float() == 8850)
        let reply = try #require(end.reply(BatchReply.self)).batch
        #expect(reply.status == .open && reply.summary.settledMinor == 500)
        #expect(try payouts() == [.settled, .pending, .pending, .pending, .pending])
        let turns = try pulses(after: end)
        #expect(turns.map { $0.command(SendTexts.self)?.texts.count } == [2, 2, 1])
        #expect(turns.dropFirst().allSatisfy { $0.reply(BatchReply.self) == nil })
        #expect(try snapshot().summary.settledMinor == 600)
        #expect(try payouts() == [.settled, .pending, .pending, .settled, .pending])
        #expect(try harness.available("wal_bob", .dzar) == 500)
        #expect(try harness.available("wal_eve", .dzar) == 100)
        #expect(events(turns.flatMap(\.self)).filter { $0 == .batchSubmitted }.count == 1)
    }

    @Test func `a batch whose payouts all arrive closes with its last part`() throws {
        try make(Self.batch, [5, 4, 3])
        for number in 101...103 {
            try harness.register(.phone, "27821231\(number)", for: "wal_bob")
        }
        let turns = try pulses(after: try approve(try submit()).end)
        #expect(turns.map { events($0).contains(.batchClosed) } == [false, true])
        #expect(try snapshot().status == .closed)
        #expect(try harness.available("wal_bob", .dzar) == 12)
    }

    @Test func `referrals count in their part, and are paid with it`() throws {
        try make(Self.batch, [])
        let payouts = (101...103).map { number in
            PayoutOrder(
                id: Self.batch.prefix(24) + "000000000\(number)",
                phone: "27821231\(number)",
                amount: 100,
                referralPhone: "27821239\(number)",
                referralAmount: 10
            )
        }
        try add(payouts, to: Self.batch)
        try harness.register(.phone, "27821231103", for: "wal_bob")
        try harness.register(.phone, "27821239103", for: "wal_eve")
        let (parts, end) = try approve(try submit())
        #expect(parts.map { $0.payouts.map(\.amount) } == [[100, 10, 100, 10], [100, 10]])
        #expect(parts.map(\.offset) == [nil, 4])
        #expect(try float() == 9670)
        _ = try pulses(after: end)
        #expect(try harness.available("wal_bob", .dzar) == 100)
        #expect(try harness.available("wal_eve", .dzar) == 10)
    }

    @Test func `a part that is denied ends the whole, and the next batch has its turn`() throws {
        try make(Self.batch, [5, 4, 3])
        try make(Self.other, [1], from: 201)
        let first = try #require(try submit().command(AuthorizeBatch.self))
        #expect(try submit(Self.other, "2").isEmpty, "one at a time")
        let second = try #require(try decide(first).command(AuthorizeBatch.self))
        let denied = try decide(second, problems: ["No."])
        #expect(denied.reply(RequestRefused.self)?.code == .invalidState)
        #expect(denied.command(AuthorizeBatch.self)?.batch == Self.other)
        #expect(try snapshot().status == .draft)
        #expect(try float() == 10_000)
        let again = try #require(denied.command(AuthorizeBatch.self))
        #expect(try decide(again).reply(BatchReply.self)?.batch.id == Self.other)
        #expect(try submit().command(AuthorizeBatch.self)?.attempt == 2)
    }

    @Test func `a batch that waits goes on when the one before it is paid`() throws {
        try make(Self.batch, [5, 4, 3])
        try make(Self.other, [1], from: 201)
        let asked = try submit()
        #expect(try submit(Self.other, "2").isEmpty)
        #expect(try submit(Self.other, "2").isEmpty, "a repeat of the transport")
        let (_, end) = try approve(asked)
        #expect(end.command(AuthorizeBatch.self) == nil)
        let turns = try pulses(after: end)
        let next = try #require(turns.last?.command(AuthorizeBatch.self))
        #expect(next.batch == Self.other && next.policy == Policy.ID("pol_open"))
        #expect(try decide(next).reply(BatchReply.self)?.batch.id == Self.other)
    }

    @Test func `a batch that nobody decides about makes way for the next one`() throws {
        try make(Self.batch, [5])
        try make(Self.other, [1], from: 201)
        _ = try submit()
        harness.now = harness.now.advanced(byMilliseconds: 1000)
        _ = try submit(Self.other, "2")
        harness.now = harness.now.advanced(byMilliseconds: 600_000)
        let ended = try harness.send(.pulse)
        #expect(ended.command(ReleaseBatch.self)?.batch == Self.batch)
        #expect(ended.command(AuthorizeBatch.self)?.batch == Self.other)
        #expect(try snapshot().status == .draft)
    }

    @Test func `a decision about a part that was not asked for changes nothing`() throws {
        try make(Self.batch, [5, 4, 3])
        var asked = try #require(try submit().command(AuthorizeBatch.self))
        asked.offset = 2
        #expect(try decide(asked).isEmpty)
        #expect(try decide(asked, problems: ["No."]).isEmpty)
        #expect(try snapshot().status == .draft && float() == 10_000)
    }

    /// R21: a number that gets an owner between Policy's yes and the payment.
    @Test(arguments: [nil, "wal_eve"])
    func `a batch pays no wallet that Policy has not judged, and asks about it`(
        judged: String?
    ) throws {
        try make(Self.batch, [5, 4, 3])
        let phone = "27821231103"
        try harness.register(.phone, phone, for: "wal_bob")
        let recipients = judged.map { [phone: Wallet.ID($0)] } ?? [:]
        let (_, end) = try approve(try submit(), recipients: recipients)
        let turns = try pulses(after: end)
        let asked = try #require(turns.last?.command(RecordDestination.self))
        #expect(asked.claims == [phone] && asked.entry.wallet == Wallet.ID("wal_bob"))
        #expect(try harness.available("wal_bob", .dzar) == 0)
        let answer = SettleClaims(
            organisation: Self.organisation,
            entry: asked.entry,
            allowed: [phone]
        )
        _ = try harness.send(.settleClaims(answer), isAnswered: false)
        #expect(try harness.available("wal_bob", .dzar) == 3)
    }

    @Test func `a batch pays whom Policy has judged`() throws {
        try make(Self.batch, [5])
        try harness.register(.phone, "27821231101", for: "wal_bob")
        let judged = ["27821231101": Wallet.ID("wal_bob")]
        let paid = try approve(try submit(), recipients: judged).end
        #expect(paid.reply(BatchReply.self)?.batch.status == .closed)
        #expect(paid.command(RecordDestination.self) == nil)
    }

    @Test func `what nobody came for goes back in parts`() throws {
        try make(Self.batch, [5, 4, 3])
        _ = try pulses(after: try approve(try submit()).end)
        harness.now = harness.now.advanced(byMilliseconds: 60 * Timestamp.millisecondsPerDay)
        let turns = try pulses(after: try harness.send(.pulse, isAnswered: false))
        #expect(turns.map { events($0) } == [[], [.batchClosed]])
        #expect(try float() == 10_000)
        #expect(try payouts() == [.cancelled, .cancelled, .cancelled])
    }
}
