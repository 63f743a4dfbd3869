import Contracts
import EscrowCore
import Messaging
import SQLiteStorage
import Storage
import Testing

@Suite struct `An escrow` {
    private let harness: EscrowHarness

    init() throws {
        harness = try EscrowHarness()
    }

    @Test func `it is locked, proved and released, and each is told once`() throws {
        let escrow = try harness.lock()
        #expect(try harness.status(escrow) == .locked)
        #expect(
            try harness.send(harness.complete(escrow)).isEmpty,
            "the answer waits for the money"
        )
        #expect(harness.orders.map(\.toReceiver) == [1000])
        let replies = try harness.answerOrder()
        #expect(replies.compactMap { ($0 as? EscrowReply)?.escrow.status } == [.released])
        #expect(harness.events.map(\.type) == [.escrowCreated, .escrowReleased])
        #expect(harness.events.last?.wallets == [EscrowHarness.payer, EscrowHarness.receiver])
        let found = try #require(try harness.escrow(escrow))
        #expect(found.proof == EscrowHarness.hash("a"))
        #expect(found.entry == 7)
        #expect(found.deadline == nil)
    }

    @Test func `a request that the transport repeats is not refused because of itself`() throws {
        let escrow = try harness.lock()
        let proof = harness.complete(escrow)
        #expect(try harness.send(proof, as: "proof").isEmpty)
        #expect(try harness.send(proof, as: "proof").isEmpty, "the first one is answered")
        #expect(harness.orders.map(\.toReceiver) == [1000])
        #expect(try harness.answerOrder().count == 1)
        let late = try harness.send(proof, as: "proof")
        #expect(late.compactMap { ($0 as? EscrowReply)?.escrow.status } == [.released])
        #expect(try harness.refusal(proof) == .invalidState, "another request comes too late")

        let other = try harness.lock("two", EscrowHarness.conditions(review: 600))
        for step in [harness.complete(other), harness.dispute(other)] {
            let first = try harness.send(step, as: "\(step)")
            let again = try harness.send(step, as: "\(step)")
            #expect(first.count == 1 && again.count == 1)
            #expect(again.allSatisfy { $0 is EscrowReply })
        }
        #expect(harness.events.filter { $0.type == .escrowDisputed }.count == 1)
    }

    @Test(arguments: [
        (PaymentStatus.blocked, EscrowStatus.blocked), (.failed, .failed),
        (.awaitingApproval, .awaitingApproval), (.confirmed, .locked),
    ])
    func `its creator hears what became of the money`(
        payment: PaymentStatus,
        status: EscrowStatus
    ) throws {
        try harness.send(.create(harness.creation()))
        let replies = try harness.answerLock(Escrow.ID("escrow_one"), payment)
        let replied = replies.compactMap { ($0 as? EscrowReply)?.escrow }
        let escrow = try #require(replied.first)
        #expect(escrow.status == status)
        #expect((escrow.violations != nil) == (payment == .blocked))
        let again = try harness.send(.create(harness.creation()))
        #expect((again.first as? EscrowReply)?.isReplay == true)
        #expect((again.first as? EscrowReply)?.escrow.status == status)
    }

    @Test func `what was refused at once is no escrow`() throws {
        try harness.send(.create(harness.creation()))
        #expect(try harness.escrow(Escrow.ID("escrow_one")) == nil)
        try harness.answerLock(Escrow.ID("escrow_one"), .blocked)
        #expect(try harness.escrow(Escrow.ID("escrow_one")) == nil)
    }

    /// Its creator was told of it: it had vanished when a person said no, or Settlement.
    @Test(arguments: [(PaymentStatus.blocked, EscrowStatus.blocked), (.failed, .failed)])
    func `what waited for a person stays to be read`(
        payment: PaymentStatus,
        status: EscrowStatus
    ) throws {
        try harness.send(.create(harness.creation()))
        let id = Escrow.ID("escrow_one")
        try harness.answerLock(id, .awaitingApproval)
        try harness.answerLock(id, payment)
        let escrow = try #require(try harness.escrow(id, party: EscrowHarness.payer))
        #expect(escrow.status == status && escrow.approval == Approval.ID("apr_1"))
        let question = ListEscrows(
            organisation: EscrowHarness.organisation,
            status: status,
            page: PageRequest()
        )
        let list = try #require(try harness.send(.list(question)).first as? EscrowList)
        #expect(list.escrows.map(\.id) == [id])
    }

    @Test func `a party is no arbiter, and an attester's key is a key`() throws {
        var creation = harness.creation()
        creation.conditions.arbiter = EscrowHarness.payer
        #expect(try harness.refusal(.create(creation)) == .invalidRequest)
        for text in ["1", "11111111111111111111111111111111", "soon"] {
            var creation = harness.creation()
            creation.conditions.attesterPublicKey = text
            #expect(try harness.refusal(.create(creation)) == .invalidRequest)
        }
    }

    @Test func `a person's yes locks it later`() throws {
        try harness.send(.create(harness.creation()))
        let escrow = Escrow.ID("escrow_one")
        try harness.answerLock(escrow, .awaitingApproval)
        #expect(try harness.refusal(harness.complete(escrow)) == .invalidState)
        try harness.answerLock(escrow, .confirmed)
        #expect(try harness.status(escrow) == .locked)
        #expect(harness.events.map(\.type) == [.escrowCreated])
    }

    @Test func `the same key with other content is a conflict`() throws {
        try harness.lock()
        let other = EscrowInput.create(harness.creation(digest: "other"))
        #expect(try harness.refusal(other) == .idempotencyConflict)
    }

    @Test func `nobody completes it in time: it is refunded, also after a pause`() throws {
        let escrow = try harness.lock()
        try harness.pass(seconds: 3599)
        #expect(harness.orders.isEmpty)
        try harness.pass(seconds: 100_000)
        #expect(harness.orders.map(\.toReceiver) == [0])
        #expect(try harness.refusal(harness.complete(escrow)) == .invalidState)
        try harness.answerOrder()
        #expect(try harness.status(escrow) == .refunded)
        #expect(harness.events.map(\.type) == [.escrowCreated, .escrowRefunded])
    }

    @Test func `a proof that comes after the time, before the pulse, is late`() throws {
        let escrow = try harness.lock()
        harness.now = harness.now.advanced(byMilliseconds: 3_600_000)
        #expect(try harness.refusal(harness.complete(escrow)) == .invalidState)
        #expect(harness.orders.map(\.toReceiver) == [0])
    }

    @Test func `a payer has time to look, and then silence is consent`() throws {
        let escrow = try harness.lock("one", EscrowHarness.conditions(review: 600))
        #expect(try harness.send(harness.complete(escrow)).count == 1)
        #expect(try harness.status(escrow) == .completed)
        try harness.pass(seconds: 599)
        #expect(harness.orders.isEmpty)
        try harness.pass(seconds: 1)
        #expect(harness.orders.map(\.toReceiver) == [1000])
        #expect(
            harness.events.map(\.type) == [.escrowCreated, .escrowCompleted],
            "the release is told when it has happened"
        )
    }

    @Test func `a payer's yes ends the review`() throws {
        let escrow = try harness.lock("one", EscrowHarness.conditions(review: 600))
        try harness.send(harness.complete(escrow))
        #expect(
            try harness.refusal(harness.accept(escrow, by: EscrowHarness.receiver)) == .forbidden
        )
        try harness.send(harness.accept(escrow))
        try harness.answerOrder()
        #expect(try harness.status(escrow) == .released)
    }

    @Test(
        arguments: [
            (EscrowDecision.release, nil, 1000), (.refund, nil, 0), (.split, 400, 400),
        ] as [(EscrowDecision, Int64?, Int64)]
    )
    func `a dispute is resolved`(decision: EscrowDecision, part: Int64?, toReceiver: Int64) throws {
        let escrow = try harness.lock()
        try harness.send(harness.dispute(escrow))
        try harness.pass(seconds: 4000)
        #expect(try harness.status(escrow) == .disputed, "a disputed escrow has no timeout")
        try harness.send(harness.resolve(escrow, decision, part: part, by: EscrowHarness.arbiter))
        #expect(harness.orders.map(\.toReceiver.rawValue) == [toReceiver])
        try harness.answerOrder()
        #expect(try harness.status(escrow) == (toReceiver == 0 ? .refunded : .released))
    }

    @Test func `a dispute that nobody resolves ends with a refund`() throws {
        let escrow = try harness.lock()
        try harness.send(harness.dispute(escrow, by: EscrowHarness.receiver))
        try harness.pass(seconds: 86_400)
        #expect(harness.orders.map(\.toReceiver) == [0])
    }

    @Test(arguments: [Int64.min, -1, 0, 1 << 53, Int64.max])
    func `a lock out of bounds is refused, and Policy is not asked`(amount: Int64) throws {
        var request = harness.creation()
        request.amount.minorUnits = MinorUnits(amount)
        #expect(try harness.refusal(.create(request)) == .invalidRequest)
        request.amount.minorUnits = .largestPayment
        #expect(try harness.refusal(.create(request)) == nil)
    }

    @Test(arguments: [0, -1, 1000, 1001, .min, .max] as [Int64])
    func `a split gives something to both`(part: Int64) throws {
        let escrow = try harness.lock()
        try harness.send(harness.dispute(escrow))
        let split = harness.resolve(escrow, .split, part: part)
        #expect(try harness.refusal(split) == .invalidRequest)
        #expect(try harness.status(escrow) == .disputed)
    }

    @Test func `only its own party may do what it does`() throws {
        let escrow = try harness.lock()
        let stranger = Wallet.ID("wal_stranger")
        #expect(
            try harness.refusal(harness.complete(escrow, by: EscrowHarness.payer)) == .forbidden
        )
        #expect(try harness.refusal(harness.complete(escrow, by: stranger)) == .notFound)
        #expect(
            try harness.refusal(harness.dispute(escrow, by: EscrowHarness.arbiter)) == .forbidden
        )
        #expect(try harness.refusal(harness.resolve(escrow, .release)) == .invalidState)
        try harness.send(harness.dispute(escrow))
        let own = harness.resolve(escrow, .refund, by: EscrowHarness.payer)
        #expect(try harness.refusal(own) == .forbidden)
        #expect(try harness.escrow(escrow, party: stranger) == nil)
        #expect(try harness.escrow(escrow, party: EscrowHarness.receiver) != nil)
        #expect(harness.orders.isEmpty)
    }

    @Test func `a dispute after the release is late`() throws {
        let escrow = try harness.lock()
        try harness.send(harness.complete(escrow))
        #expect(try harness.refusal(harness.dispute(escrow)) == .invalidState)
        try harness.answerOrder()
        #expect(try harness.refusal(harness.dispute(escrow)) == .invalidState)
        #expect(try harness.refusal(harness.complete(escrow)) == .invalidState)
    }

    @Test func `a receiver who cannot be paid leaves it as it was`() throws {
        let escrow = try harness.lock()
        try harness.send(harness.complete(escrow))
        let replies = try harness.answerOrder(failure: .noRail)
        #expect(replies.compactMap { ($0 as? RequestRefused)?.code } == [.noRail])
        let found = try #require(try harness.escrow(escrow))
        #expect(found.status == .locked)
        #expect(found.proof == nil)
        #expect(found.deadline == found.expiresAt)
        try harness.send(harness.complete(escrow))
        try harness.answerOrder()
        #expect(try harness.status(escrow) == .released)
    }

    @Test func `a release that time ordered and nobody can be paid by becomes a dispute`() throws {
        let escrow = try harness.lock("one", EscrowHarness.conditions(review: 600))
        try harness.send(harness.complete(escrow))
        try harness.pass(seconds: 600)
        try harness.answerOrder(failure: .noRail)
        #expect(try harness.status(escrow) == .disputed)
        try harness.pass(seconds: 86_400)
        try harness.answerOrder()
        #expect(try harness.status(escrow) == .refunded)
    }

    @Test func `each has an address of its own`() throws {
        let first = try #require(try harness.escrow(try harness.lock("one")))
        let second = try #require(try harness.escrow(try harness.lock("two")))
        #expect(first.address != second.address)
    }

    @Test func `a list is newest first, and goes on where it ended`() throws {
        for name in ["a", "b", "c"] { try harness.lock(name) }
        func list(_ page: PageRequest, _ status: EscrowStatus? = nil) throws -> EscrowList? {
            let question = ListEscrows(
                organisation: EscrowHarness.organisation,
                party: EscrowHarness.payer,
                status: status,
                page: page
            )
            return try harness.send(.list(question)).first as? EscrowList
        }
        let first = try #require(try list(PageRequest(limit: 2)))
        #expect(first.escrows.map(\.id.rawValue) == ["escrow_c", "escrow_b"])
        let second = try #require(try list(PageRequest(limit: 2, after: first.next)))
        #expect(second.escrows.map(\.id.rawValue) == ["escrow_a"])
        #expect(second.next == nil)
        #expect(try list(PageRequest(), .disputed)?.escrows.isEmpty == true)
    }

    /// What was refused is not shown, and a page of a wallet that was refused often has an end.
    @Test(arguments: [EscrowHarness.payer, EscrowHarness.receiver, nil])
    func `a page looks at a thousand escrows on each side, and goes on there`(
        party: Wallet.ID?
    ) throws {
        try harness.lock("old")
        _ = try harness.database.write { transaction throws(StorageError) in
            try transaction.execute(
                """
                WITH RECURSIVE numbers (value) AS
                    (VALUES (2) UNION ALL SELECT value + 1 FROM numbers WHERE value < 2500)
                INSERT INTO escrow (number, id, organisation_id, payer_wallet_id,
                    receiver_wallet_id, status, body)
                SELECT value, id || value, organisation_id, payer_wallet_id, receiver_wallet_id,
                    'blocked', body FROM escrow, numbers
                """
            )
        }
        var pages = 0
        var found: [Escrow.ID] = []
        var position: PagePosition?
        repeat {
            let question = ListEscrows(
                organisation: EscrowHarness.organisation,
                party: party,
                page: PageRequest(after: position)
            )
            let list = try #require(try harness.send(.list(question)).first as? EscrowList)
            found += list.escrows.map(\.id)
            position = list.next
            pages += 1
        } while position != nil
        #expect(pages == 3)
        #expect(found == [Escrow.ID("escrow_old")])
    }
}
