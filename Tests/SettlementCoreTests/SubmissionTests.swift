import Contracts
import Ledger
import Messaging
import SettlementCore
import Testing

/// The submission of a batch, which Policy decides, and what becomes of one that nobody answers.
@Suite struct `Submissions of batches` {
    private static let batch = "b7ccbefd-51e1-4720-81fb-da5740e38e8c"

    private let harness: SettlementHarness

    init() throws {
        harness = try SettlementHarness.withWallets()
        try harness.deposit(10_000, .dzar, reference: "float")
        _ = try harness.ask(.createBatch(creation()), BatchReply.self)
        let payouts = AddPayouts(
            organisation: SettlementHarness.organisation,
            batch: Self.batch,
            replaces: false,
            payouts: [
                PayoutOrder(
                    id: "00000000-0000-4000-8000-000000000101",
                    phone: "27821231101",
                    amount: 100
                )
            ]
        )
        _ = try harness.ask(.addPayouts(payouts), PayoutList.self)
    }

    private func creation(name: String = "Test") -> CreateBatch {
        CreateBatch(
            organisation: SettlementHarness.organisation,
            batch: Self.batch,
            name: name,
            externalID: nil
        )
    }

    private func submit() throws -> AuthorizeBatch {
        let body = SubmitBatch(
            organisation: SettlementHarness.organisation,
            batch: Self.batch,
            policy: Policy.ID("pol_open")
        )
        return try #require(try harness.send(.submitBatch(body)).command(AuthorizeBatch.self))
    }

    private func decide(_ asked: AuthorizeBatch, problems: [String] = []) throws -> [Outgoing] {
        let decision = ExecuteBatch(
            organisation: asked.organisation,
            batch: asked.batch,
            attempt: asked.attempt,
            problems: problems
        )
        return try harness.send(.executeBatch(decision), isAnswered: false)
    }

    private func status() throws -> BatchStatus {
        let question = GetBatch(organisation: SettlementHarness.organisation, batch: Self.batch)
        return try harness.ask(.getBatch(question), BatchReply.self).batch.status
    }

    /// L8: Policy's answer came before the copy was made that says that it is awaited.
    @Test func `a submission that nobody answers is a draft again, and its windows are given back`()
        throws
    {
        let first = try submit()
        harness.now = harness.now.advanced(byMilliseconds: 599_000)
        #expect(try harness.send(.pulse).isEmpty)
        harness.now = harness.now.advanced(byMilliseconds: 1000)
        let ended = try harness.send(.pulse)
        #expect(ended.command(ReleaseBatch.self)?.attempt == first.attempt)
        #expect(ended.reply(RequestRefused.self)?.code == .overloaded)
        #expect(try harness.send(.pulse).isEmpty)
        #expect(try status() == .draft)
        let late = try decide(first)
        #expect(late.command(ReleaseBatch.self)?.attempt == first.attempt)
        let again = try submit()
        #expect(again.attempt == 2)
        #expect(try decide(first).command(ReleaseBatch.self)?.attempt == 1)
        #expect(try decide(first, problems: ["No."]).isEmpty, "nothing was reserved")
        _ = try decide(again)
        #expect(try status() == .open)
        #expect(try decide(again).isEmpty, "what was paid stays reserved")
        #expect(try harness.verify().isClean)
    }

    @Test func `a batch that got another name is still the one that was made`() throws {
        let change = UpdateBatch(
            organisation: SettlementHarness.organisation,
            batch: Self.batch,
            name: "Renamed"
        )
        _ = try harness.ask(.updateBatch(change), BatchReply.self)
        let again = try harness.ask(.createBatch(creation()), BatchReply.self)
        #expect(again.isReplay && again.batch.name == "Renamed")
        let other = SettlementInput.createBatch(creation(name: "Renamed"))
        #expect(try harness.refusal(other) == .idempotencyConflict)
    }
}
