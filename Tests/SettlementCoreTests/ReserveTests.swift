import Contracts
import Ledger
import Messaging
import SQLiteStorage
import SettlementCore
import Storage
import Testing

/// What comes in from the world and goes out to it (review 6, F15, O12; stranger row 5).
@Suite struct `The reserve and the world` {
    private let harness: SettlementHarness

    init() throws {
        harness = try SettlementHarness()
    }

    private func deposit(
        _ amount: MinorUnits,
        _ reference: String = "a",
        of organisation: Organisation.ID = SettlementHarness.organisation
    ) -> SettlementInput {
        .depositReserve(
            DepositReserve(
                organisation: organisation,
                reference: reference,
                amount: Money(minorUnits: amount, asset: .usdc)
            )
        )
    }

    private func withdrawal(
        _ amount: MinorUnits,
        _ reference: String = "a",
        of organisation: Organisation.ID = SettlementHarness.organisation
    ) -> SettlementInput {
        .withdrawReserve(
            WithdrawReserve(
                organisation: organisation,
                reference: reference,
                amount: Money(minorUnits: amount, asset: .usdc)
            )
        )
    }

    /// It is what a repeat is known by: a blank one would stand for whatever came in first.
    @Test(arguments: ["", " ", "\u{200B}", "\u{A0}\u{3000}", "\u{2800}"])
    func `R27: a reference that nobody can see is none`(reference: String) throws {
        #expect(try harness.refusal(deposit(5, reference)) == .invalidRequest)
        #expect(try harness.refusal(deposit(5)) == nil)
        #expect(try harness.refusal(withdrawal(5, reference)) == .invalidRequest)
        #expect(try harness.refusal(withdrawal(5, " b ")) == nil)
    }

    private func usdc(_ reply: ReserveReply) -> MinorUnits? {
        reply.balances.first { $0.asset == .usdc }?.available
    }

    @Test func `O12: what one organisation deposits is no bound of another's`() throws {
        let most: MinorUnits = 9_007_199_254_740_991
        for number in 0..<1024 {
            _ = try harness.send(deposit(most, "\(number)"))
        }
        #expect(try harness.refusal(deposit(most, "too much")) == .invalidRequest)
        let other = try harness.ask(
            deposit(100, of: SettlementHarness.other),
            ReserveReply.self
        )
        #expect(usdc(other) == 100)
        #expect(try harness.verify().isClean)
    }

    @Test func `a deposit can be withdrawn again, once per reference`() throws {
        _ = try harness.send(deposit(100))
        let first = try harness.ask(withdrawal(60), ReserveReply.self)
        #expect(usdc(first) == 40 && first.isReplay == false)
        let again = try harness.ask(withdrawal(60), ReserveReply.self)
        #expect(usdc(again) == 40 && again.isReplay == true && again.entry == first.entry)
        #expect(try harness.refusal(withdrawal(61)) == .idempotencyConflict)
        #expect(try harness.refusal(withdrawal(41, "b")) == .insufficientReserve)
        #expect(try harness.refusal(withdrawal(0, "b")) == .invalidRequest)
        #expect(try harness.refusal(withdrawal(1, "")) == .invalidRequest)
        #expect(usdc(try harness.ask(withdrawal(40, "b"), ReserveReply.self)) == 0)
        let other = withdrawal(1, of: SettlementHarness.other)
        #expect(try harness.refusal(other) == .insufficientReserve)
        #expect(try harness.verify().isClean)
    }

    @Test func `an account of the world that all shared stays with its old entries`() throws {
        _ = try harness.send(deposit(100))
        try harness.database.write { transaction throws(StorageError) in
            let old = try Journal.open(
                LedgerAccount(.external, of: "USDC", in: .usdc),
                in: transaction
            )
            let reserve = try Journal.open(
                LedgerAccount(.reserve, of: "org_1", in: .usdc),
                in: transaction
            )
            var journal = try Journal(signingWith: SettlementHarness.signingKey, in: transaction)
            _ = try journal.post(
                JournalEntry(
                    kind: "deposit",
                    reference: "old",
                    postings: [.init(old, -900), .init(reserve, 900)]
                ),
                at: harness.now,
                in: transaction
            )
            try journal.close(in: transaction)
        }
        #expect(usdc(try harness.ask(withdrawal(1000), ReserveReply.self)) == 0)
        let report = try harness.verify()
        #expect(report.isClean && report.totals[.external]?[.usdc] == 0)
    }
}
