import Contracts
import Ledger
import Messaging
import SettlementCore
import Testing

/// Batches of payouts: drafts, submission, claims.
@Suite struct `Batches of payouts` {
    private static let batch = "b7ccbefd-51e1-4720-81fb-da5740e38e8c"
    private static let other = "c7ccbefd-51e1-4720-81fb-da5740e38e8c"

    private let harness: SettlementHarness

    init() throws {
        harness = try SettlementHarness.withWallets()
        try harness.deposit(10_000, .dzar, reference: "float")
        _ = try harness.ask(.createBatch(creation(Self.batch)), BatchReply.self)
    }

    // MARK: Helpers

    private func creation(
        _ id: String,
        name: String = "Test",
        external: String? = nil
    ) -> CreateBatch {
        CreateBatch(
            organisation: SettlementHarness.organisation,
            batch: id,
            name: name,
            externalID: external
        )
    }

    private func order(_ number: Int, _ amount: Int64, phone: String? = nil) -> PayoutOrder {
        let digits = String(100 + number)
        let zeros = String(repeating: "0", count: 12 - digits.count)
        return PayoutOrder(
            id: "00000000-0000-4000-8000-\(zeros)\(digits)",
            phone: phone ?? "27821231\(digits)",
            amount: MinorUnits(amount)
        )
    }

    @discardableResult
    private func add(_ payouts: [PayoutOrder], replaces: Bool = false) throws -> PayoutList {
        try harness.ask(
            .addPayouts(
                AddPayouts(
                    organisation: SettlementHarness.organisation,
                    batch: Self.batch,
                    replaces: replaces,
                    payouts: payouts
                )
            ),
            PayoutList.self
        )
    }

    /// Submits, and returns what Policy is asked.
    private func submit() throws -> AuthorizeBatch {
        try #require(try harness.send(.submitBatch(submission)).command(AuthorizeBatch.self))
    }

    private func decide(
        _ asked: AuthorizeBatch,
        problems: [String] = []
    ) throws -> [Outgoing] {
        let decision = ExecuteBatch(
            organisation: asked.organisation,
            batch: asked.batch,
            attempt: asked.attempt,
            problems: problems,
            offset: asked.offset
        )
        return try harness.send(.executeBatch(decision), isAnswered: false)
    }

    private func batch() throws -> BatchSnapshot {
        let question = GetBatch(
            organisation: SettlementHarness.organisation,
            batch: Self.batch
        )
        return try harness.ask(.getBatch(question), BatchReply.self).batch
    }

    /// Gives a phone number a wallet, and carries out what Policy says of the money that waits: yes
    /// to all numbers but some.
    private func join(
        _ phone: String,
        _ wallet: String = "wal_bob",
        blocked: Set<String> = []
    ) throws -> [Outgoing] {
        var outgoing = try harness.send(
            .registerDestination(
                RegisterDestination(
                    organisation: SettlementHarness.organisation,
                    entry: DirectoryEntry.ID("dst_" + phone),
                    wallet: Wallet.ID(wallet),
                    destination: Destination(kind: .phone, value: phone)
                )
            )
        )
        var all: [Outgoing] = []
        while let asked = outgoing.command(RecordDestination.self), let phones = asked.claims {
            let answer = SettleClaims(
                organisation: asked.organisation,
                entry: asked.entry,
                allowed: phones.filter { !blocked.contains($0) },
                returnAddress: asked.returnAddress
            )
            outgoing = try harness.send(.settleClaims(answer), isAnswered: false)
            all += outgoing
        }
        return all
    }

    private func float() throws -> Int64 {
        let question = GetReserve(organisation: SettlementHarness.organisation)
        let reserve = try harness.ask(.getReserve(question), ReserveReply.self)
        return reserve.balances.first { $0.asset == .dzar }?.available.rawValue ?? 0
    }

    private func events(_ outgoing: [Outgoing]) -> [EventType] {
        outgoing.compactMap { $0.body as? RecordEvents }.flatMap { $0.events.map(\.type) }
    }

    /// The payouts in a wallet's statement, newest first; it shows nothing else.
    private func statement(_ wallet: String) throws -> [Int64] {
        let question = ListPayments(
            organisation: SettlementHarness.organisation,
            party: Wallet.ID(wallet),
            page: PageRequest()
        )
        let payments = try harness.ask(.listPayments(question), PaymentList.self).payments
        #expect(payments.allSatisfy { $0.amount.asset != .dzar || $0.type == .payout })
        #expect(Set(payments.map(\.id)).count == payments.count)
        return payments.filter { $0.type == .payout }.map(\.amount.minorUnits.rawValue)
    }

    private func isSound() throws -> Bool { try harness.verify().isClean }

    // MARK: Tests

    @Test func `a payment to a member and one to nobody yet`() throws {
        _ = try join("27821231101")
        try add([order(1, 500), order(2, 300), order(3, 200, phone: "27821231102")])
        let asked = try submit()
        #expect(asked.payouts.map(\.amount) == [500, 300, 200])
        let outgoing = try decide(asked)
        let reply = try #require(outgoing.reply(BatchReply.self)).batch
        #expect(reply.status == .open && reply.summary.settledMinor == 500)
        #expect(events(outgoing) == [.batchSubmitted, .transactionCompleted])
        #expect(outgoing.command(SendTexts.self)?.texts.count == 3)
        #expect(try harness.available("wal_bob", .dzar) == 500)
        #expect(try float() == 9000)
        let joined = try join("27821231102", "wal_eve")
        #expect(events(joined) == [.transactionCompleted, .transactionCompleted, .batchClosed])
        #expect(try harness.available("wal_eve", .dzar) == 500)
        #expect(try batch().status == .closed)
        #expect(try statement("wal_bob") == [500])
        #expect(try statement("wal_eve") == [200, 300])
        #expect(try isSound())
    }

    @Test func `a decision is carried out once`() throws {
        try add([order(1, 500)])
        let asked = try submit()
        #expect(try !decide(asked).isEmpty)
        #expect(try decide(asked).isEmpty)
        #expect(try float() == 9500)
        #expect(try isSound())
    }

    @Test func `a refusal leaves a draft that can be submitted again`() throws {
        try add([order(1, 500)])
        let first = try submit()
        let refused = try decide(first, problems: ["The policy blocks it."])
        #expect(refused.reply(RequestRefused.self)?.code == .invalidState)
        #expect(refused.count == 1)
        #expect(try batch().status == .draft)
        #expect(try float() == 10_000)
        let second = try submit()
        #expect(second.attempt == first.attempt + 1)
        let old = try decide(first)
        #expect(old.count == 1 && old.command(ReleaseBatch.self)?.attempt == first.attempt)
        #expect(try !decide(second).isEmpty)
    }

    @Test func `while Policy decides nothing else may change the batch`() throws {
        try add([order(1, 500)])
        let asked = try submit()
        let organisation = SettlementHarness.organisation
        let changes: [SettlementInput] = [
            .submitBatch(submission),
            .cancelBatch(CancelBatch(organisation: organisation, batch: Self.batch)),
            .deletePayout(DeletePayout(organisation: organisation, payout: order(1, 1).id)),
            .addPayouts(
                AddPayouts(
                    organisation: organisation,
                    batch: Self.batch,
                    replaces: true,
                    payouts: [order(2, 1)]
                )
            ),
        ]
        func expectRefusals() throws {
            for change in changes {
                #expect(try harness.refusal(change, correlationID: "2") == .invalidState)
            }
        }
        try expectRefusals()
        #expect(try !decide(asked).isEmpty)
        try expectRefusals()
    }

    @Test func `a submission that the transport repeats is answered once`() throws {
        try add([order(1, 500)])
        let asked = try submit()
        #expect(try harness.send(.submitBatch(submission)).isEmpty)
        #expect(try !decide(asked).isEmpty)
    }

    @Test func `a reserve that became too small gives the reservation back`() throws {
        try add([order(1, 5000)])
        let asked = try submit()
        let funding = FundWallet(
            organisation: SettlementHarness.organisation,
            id: Payment.ID("tx_drain"),
            wallet: Wallet.ID("wal_bob"),
            amount: Money(minorUnits: 6000, asset: .dzar),
            amountText: "60.00",
            digest: "d"
        )
        _ = try harness.ask(.fundWallet(funding), PaymentReply.self)
        let outgoing = try decide(asked)
        #expect(outgoing.reply(RequestRefused.self)?.code == .insufficientReserve)
        #expect(outgoing.command(ReleaseBatch.self)?.attempt == asked.attempt)
        #expect(try batch().status == .draft)
        #expect(try isSound())
    }

    @Test func `what nobody came for goes back, and late owners get nothing`() throws {
        try add([order(1, 500), order(2, 300)])
        _ = try decide(try submit())
        _ = try join("27821231101")
        harness.now = harness.now.advanced(byMilliseconds: 59 * Timestamp.millisecondsPerDay)
        #expect(try harness.send(.pulse, isAnswered: false).isEmpty)
        harness.now = harness.now.advanced(byMilliseconds: Timestamp.millisecondsPerDay)
        #expect(events(try harness.send(.pulse, isAnswered: false)) == [.batchClosed])
        #expect(try float() == 9500)
        let summary = try batch().summary
        #expect(summary.cancelledMinor == 300 && summary.settledMinor == 500)
        #expect(events(try join("27821231102", "wal_eve")).isEmpty)
        #expect(try harness.available("wal_eve", .dzar) == 0)
        #expect(try isSound())
    }

    @Test func `a referral is paid when its payment is`() throws {
        _ = try join("27821239999", "wal_eve")
        var payout = order(1, 500)
        payout.referralPhone = "27821239999"
        payout.referralAmount = 50
        let added = try add([payout])
        #expect(added.batch.summary.referralsMinor == 50)
        #expect(added.batch.summary.paymentsMinor == 500)
        _ = try decide(try submit())
        #expect(try float() == 9450)
        #expect(try harness.available("wal_eve", .dzar) == 0)
        _ = try join("27821231101")
        #expect(try harness.available("wal_eve", .dzar) == 50)
        #expect(try harness.available("wal_bob", .dzar) == 500)
        #expect(try batch().status == .closed)
        #expect(try isSound())
    }

    @Test func `money that Policy lets not go to a number's owner waits on`() throws {
        let phone = "27821231101"
        var payout = order(1, 500)
        payout.referralPhone = "27821239999"
        payout.referralAmount = 50
        try add([payout])
        _ = try decide(try submit())
        #expect(events(try join("27821239999", "wal_eve")).isEmpty)
        #expect(events(try join(phone, blocked: [phone])) == [.transactionBlocked])
        #expect(try harness.available("wal_bob", .dzar) == 0)
        // The same registration once more asks again; the referral's owner is asked about, too.
        #expect(events(try join(phone, blocked: ["27821239999"])).first == .transactionBlocked)
        #expect(try harness.available("wal_bob", .dzar) == 500)
        #expect(try harness.available("wal_eve", .dzar) == 0)
        #expect(try batch().status == .open)
        harness.now = harness.now.advanced(byMilliseconds: 60 * Timestamp.millisecondsPerDay)
        #expect(events(try harness.send(.pulse, isAnswered: false)) == [.batchClosed])
        #expect(try float() == 9500)
        #expect(try isSound())
    }

    @Test func `many payouts to one number are settled in steps`() throws {
        let phone = "27821231101"
        try add((0..<600).map { order($0, 1, phone: phone) })
        var asked: AuthorizeBatch? = try submit()
        var outgoing: [Outgoing] = []
        while let part = asked {
            outgoing = try decide(part)
            asked = outgoing.command(AuthorizeBatch.self)
        }
        while outgoing.contains(where: { $0.route == .pulse }) {
            outgoing = try harness.send(.pulse, isAnswered: false)
        }
        #expect(events(try join(phone)).filter { $0 == .transactionCompleted }.count == 600)
        #expect(try harness.available("wal_bob", .dzar) == 600)
        #expect(try batch().status == .closed)
        #expect(try isSound())
    }

    @Test func `external identifiers are unique, and a repeat is no conflict`() throws {
        var first = order(1, 100)
        first.externalID = "p1"
        var second = order(2, 100)
        second.externalID = "p1"
        #expect(try add([first, second]).taken == [1])
        #expect(try batch().summary.paymentsCount == 0)
        try add([first])
        #expect(try add([second]).taken == [0])
        #expect(try add([first]).payouts.map(\.id) == [first.id])
        #expect(try batch().summary.paymentsCount == 1)
        try add([order(5, 100)])
        #expect(try add([first]).payouts.map(\.id) == [first.id], "also after others were added")
        #expect(try batch().summary.paymentsCount == 2)
        try add([second], replaces: true)
        #expect(try batch().summary.paymentsCount == 1)
        let named = creation(Self.other, external: "b1")
        #expect(try !harness.ask(.createBatch(named), BatchReply.self).isReplay)
        #expect(try harness.ask(.createBatch(named), BatchReply.self).isReplay)
        let renamed = creation(Self.other, name: "Other", external: "b1")
        #expect(try harness.refusal(.createBatch(renamed)) == .idempotencyConflict)
        let third = creation("d7ccbefd-51e1-4720-81fb-da5740e38e8c", external: "b1")
        #expect(try harness.refusal(.createBatch(third)) == .conflict)
    }

    @Test func `R47: a cancelled draft gives its identifiers back`() throws {
        let draft = creation("d7ccbefd-51e1-4720-81fb-da5740e38e8c", external: "w-12")
        #expect(try harness.ask(.createBatch(draft), BatchReply.self).isReplay == false)
        var wrong = order(1, 100)
        wrong.externalID = "row-1"
        try add([wrong])
        for id in [draft.batch, Self.batch] {
            let cancel = CancelBatch(organisation: SettlementHarness.organisation, batch: id)
            _ = try harness.ask(.cancelBatch(cancel), BatchReply.self)
        }
        let right = creation(Self.other, external: "w-12")
        #expect(try harness.ask(.createBatch(right), BatchReply.self).isReplay == false)
        var corrected = order(2, 100)
        corrected.externalID = "row-1"
        let adding = AddPayouts(
            organisation: SettlementHarness.organisation,
            batch: Self.other,
            replaces: false,
            payouts: [corrected]
        )
        #expect(try harness.ask(.addPayouts(adding), PayoutList.self).taken.isEmpty)
        let third = creation("e7ccbefd-51e1-4720-81fb-da5740e38e8c", external: "w-12")
        #expect(try harness.refusal(.createBatch(third)) == .conflict)
    }

    @Test func `a batch has at most 20,000 payouts`() throws {
        for part in 0..<2 {
            let payouts = (0..<10_000).map { number -> PayoutOrder in
                let digits = String(1_000_000 + part * 10_000 + number)
                return PayoutOrder(
                    id: "00000000-0000-4000-8000-00000\(digits)",
                    phone: "2782\(digits)",
                    amount: 1
                )
            }
            try add(payouts)
        }
        let more = AddPayouts(
            organisation: SettlementHarness.organisation,
            batch: Self.batch,
            replaces: false,
            payouts: [order(1, 1)]
        )
        #expect(try harness.refusal(.addPayouts(more)) == .invalidState)
        try add([order(1, 1)], replaces: true)
        #expect(try batch().summary.paymentsCount == 1)
    }

    @Test func `a batch is of no more than can be counted`() throws {
        let most = MinorUnits.largestPayment.rawValue
        // 2^63 − 1 is 1,024 times 2^53 − 1, and 1,023 more.
        for start in [0, 512] { try add((start..<start + 512).map { order($0, most) }) }
        let more = AddPayouts(
            organisation: SettlementHarness.organisation,
            batch: Self.batch,
            replaces: false,
            payouts: [order(1024, 1024)]
        )
        #expect(try harness.refusal(.addPayouts(more)) == .invalidRequest)
        try add([order(1024, 1023)])
        #expect(try batch().summary.paymentsMinor == .maximum)
        #expect(try harness.refusal(.submitBatch(submission)) == .insufficientReserve)
        try add([order(1025, 5)], replaces: true)
        #expect(try batch().summary.paymentsMinor == 5)
    }

    private var submission: SubmitBatch {
        SubmitBatch(
            organisation: SettlementHarness.organisation,
            batch: Self.batch,
            policy: Policy.ID("pol_open")
        )
    }

    @Test func `payouts out of bounds are refused`() throws {
        var wrong: [PayoutOrder] = [order(1, 0), order(2, -1), order(3, 1 << 53)]
        wrong.append(order(4, 1, phone: "0821231234"))
        wrong.append(order(5, 1, phone: "+27821231234"))
        var half = order(6, 1)
        half.referralAmount = 1
        wrong.append(half)
        var named = order(7, 1)
        named.id = "no uuid"
        wrong.append(named)
        for payout in wrong {
            let body = AddPayouts(
                organisation: SettlementHarness.organisation,
                batch: Self.batch,
                replaces: false,
                payouts: [order(8, 1), payout]
            )
            #expect(try harness.refusal(.addPayouts(body)) == .invalidRequest)
        }
        #expect(try batch().summary.paymentsCount == 0)
    }

    // MARK: Repeats (R30, F11)

    private func addition(
        _ payouts: [PayoutOrder],
        key: String = "k",
        content: String
    ) -> SettlementInput {
        .addPayouts(
            AddPayouts(
                organisation: SettlementHarness.organisation,
                batch: Self.batch,
                replaces: false,
                payouts: payouts,
                compound: CompoundRequest(identity: key, digest: content)
            )
        )
    }

    @Test func `the same key with other payouts is refused as a whole (R30)`() throws {
        let first = addition([order(1, 100), order(2, 200)], content: "AB")
        #expect(try harness.ask(first, PayoutList.self).isReplay == nil)
        for other in [
            addition([order(1, 100), order(2, 900)], content: "AC"),
            addition([order(1, 100)], content: "A"), addition([order(3, 100)], content: "D"),
            addition([order(1, 100), order(2, 200), order(3, 1)], content: "ABD"),
        ] {
            #expect(try harness.refusal(other) == .idempotencyConflict)
        }
        let again = try harness.ask(first, PayoutList.self)
        #expect(again.isReplay == true && again.payouts.map(\.amount) == [100, 200])
        #expect(try batch().summary.paymentsMinor == 300)
    }

    @Test func `a repeat adds nothing again, whatever has become of the batch`() throws {
        let first = addition([order(1, 100), order(2, 200)], content: "AB")
        _ = try harness.ask(first, PayoutList.self)
        let organisation = SettlementHarness.organisation
        let gone = DeletePayout(organisation: organisation, payout: order(1, 1).id)
        _ = try harness.ask(.deletePayout(gone), PayoutReply.self)
        #expect(try harness.ask(first, PayoutList.self).payouts.map(\.amount) == [200])
        #expect(try batch().summary.paymentsMinor == 200)
        let cancel = CancelBatch(organisation: organisation, batch: Self.batch)
        _ = try harness.ask(.cancelBatch(cancel), BatchReply.self)
        #expect(try harness.ask(first, PayoutList.self).isReplay == true)
    }

    @Test func `payouts of before additions were kept are compared whole (R30)`() throws {
        let payouts = [order(1, 100), order(2, 200)]
        try add(payouts)
        #expect(try harness.ask(addition(payouts, content: "AB"), PayoutList.self).isReplay == true)
        let other = addition([order(1, 100), order(2, 900)], content: "AC")
        #expect(try harness.refusal(other) == .idempotencyConflict)
        #expect(try batch().summary.paymentsMinor == 300)
    }
}
