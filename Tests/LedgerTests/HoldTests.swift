import Contracts
import Ledger
import SQLiteStorage
import Storage
import Testing

@Suite("Holds") struct HoldTests {
    let ledger: LedgerHarness
    let now = LedgerHarness.now

    init() throws {
        ledger = try LedgerHarness()
        try ledger.move(500, from: LedgerHarness.world, to: LedgerHarness.payer)
    }

    @Test func `a hold is placed once, and only on what is available`() throws {
        #expect(try place("h", 501) == .insufficientFunds)
        #expect(try place("h", 400) == .done)
        #expect(try place("h", 400) == .repeated)
        #expect(try place("h", 300) == .conflict)
        #expect(try place("other", 101) == .insufficientFunds)
        #expect(try place("other", 100) == .done)
        #expect(try ledger.available(LedgerHarness.payer) == 0)
        #expect(try ledger.verify().isClean)
    }

    @Test func `a released hold is available again, and is never captured`() throws {
        _ = try place("h", 400)
        #expect(try release("h") == .done)
        #expect(try release("h") == .repeated)
        #expect(try capture("h", 400) == .conflict)
        #expect(try place("h", 400) == .repeated)
        #expect(try ledger.available(LedgerHarness.payer) == 500)
        #expect(try ledger.verify().isClean)
    }

    @Test func `a captured hold is never released or captured otherwise`() throws {
        _ = try place("h", 400)
        #expect(try capture("h", 401) == .conflict)
        #expect(try capture("h", 150) == .done)
        #expect(try capture("h", 150) == .repeated)
        #expect(try capture("h", 151) == .conflict)
        #expect(try release("h") == .conflict)
        try ledger.move(150, from: LedgerHarness.payer, to: LedgerHarness.payee)
        #expect(try ledger.available(LedgerHarness.payer) == 350)
        #expect(try ledger.verify().isClean)
    }

    @Test func `a hold that is not there ends in no way`() throws {
        #expect(try capture("h", 1) == .conflict)
        #expect(try release("h") == .conflict)
    }

    private func place(_ id: String, _ amount: Int64) throws -> Holds.Outcome {
        try ledger.database.write { transaction throws(StorageError) in
            let account = try Journal.open(LedgerHarness.payer, in: transaction)
            return try Holds.place(
                id,
                of: MinorUnits(amount),
                on: account,
                at: now,
                in: transaction
            )
        }
    }

    private func capture(_ id: String, _ amount: Int64) throws -> Holds.Outcome {
        try ledger.database.write { transaction throws(StorageError) in
            try Holds.capture(id, MinorUnits(amount), at: now, in: transaction)
        }
    }

    private func release(_ id: String) throws -> Holds.Outcome {
        try ledger.database.write { transaction throws(StorageError) in
            try Holds.release(id, at: now, in: transaction)
        }
    }
}
