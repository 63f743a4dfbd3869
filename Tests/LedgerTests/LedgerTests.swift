import Contracts
import Crypto
import Ledger
import SQLiteStorage
import Storage
import Testing

@Suite("The ledger") struct LedgerTests {
    let database: SQLiteDatabase
    let payer = LedgerAccount(.wallet, of: "wal_a", in: .usdc)
    let payee = LedgerAccount(.wallet, of: "wal_b", in: .usdc)
    let world = LedgerAccount(.external, of: "USDC", in: .usdc)

    init() throws {
        database = try SQLiteDatabase(path: ":memory:")
        try database.migrate(LedgerSchema.migrations)
        try move(1000, from: world, to: payer)
        for _ in 0..<5 { try move(100, from: payer, to: payee) }
    }

    @Test func `an untouched ledger is clean`() throws {
        let report = try verify()
        #expect(report.isClean, "\(report.findings)")
        #expect(report.entryCount == 6)
        #expect(report.totals[.wallet]?[.usdc] == 1000)
        #expect(report.totals[.external]?[.usdc] == -1000)
    }

    @Test(arguments: [
        (
            "UPDATE posting SET amount_minor = amount_minor * 2 WHERE entry_sequence = 3",
            "broken_link"
        ),
        ("UPDATE journal_entry SET reference = 'x' WHERE sequence = 4", "broken_link"),
        ("UPDATE journal_entry SET created_at = 9 WHERE sequence = 2", "broken_link"),
        ("UPDATE journal_entry SET hash = zeroblob(32) WHERE sequence = 2", "broken_link"),
        (
            "UPDATE posting SET amount_minor = -99 WHERE entry_sequence = 3 AND position = 0",
            "unbalanced_entry"
        ),
        ("DELETE FROM posting WHERE entry_sequence = 3", "unbalanced_entry"),
        (
            "UPDATE ledger_account SET posted_minor = posted_minor + 1 WHERE owner = 'wal_a'",
            "wrong_balance"
        ),
        ("UPDATE ledger_account SET held_minor = 1 WHERE owner = 'wal_a'", "wrong_hold"),
        ("UPDATE ledger_head SET sequence = 5", "wrong_head"),
        ("UPDATE ledger_head SET hash = zeroblob(32)", "wrong_head"),
    ])
    func `a planted damage is found`(statement: String, kind: String) throws {
        try tamper(statement)
        let kinds = try verify().findings.map(\.kind.rawValue)
        #expect(kinds.contains(kind), "\(kinds)")
    }

    @Test func `a missing entry is found`() throws {
        try tamper("DELETE FROM posting WHERE entry_sequence = 3")
        try tamper("DELETE FROM journal_entry WHERE sequence = 3")
        let findings = try verify().findings
        #expect(findings.contains { $0.kind == .missingEntry && $0.place == "entry 3" })
        #expect(findings.contains { $0.kind == .brokenLink && $0.place == "entry 4" })
    }

    @Test func `the last entry cannot be cut off unseen`() throws {
        try tamper("DELETE FROM posting WHERE entry_sequence = 6")
        try tamper("DELETE FROM journal_entry WHERE sequence = 6")
        #expect(try verify().findings.map(\.kind).contains(.wrongHead))
    }

    @Test func `the database refuses an account below zero`() throws {
        #expect(throws: StorageError.self) { try move(10_000, from: payer, to: payee) }
        #expect(try verify().isClean)
    }

    @Test func `a hold ends in exactly one way`() throws {
        try database.write { transaction throws(StorageError) in
            let account = try Journal.open(payer, in: transaction)
            let now = Timestamp(milliseconds: 7)
            #expect(
                try Holds.place("h", of: 501, on: account, at: now, in: transaction)
                    == .insufficientFunds
            )
            #expect(try Holds.place("h", of: 400, on: account, at: now, in: transaction) == .done)
            #expect(
                try Holds.place("h", of: 400, on: account, at: now, in: transaction) == .repeated
            )
            #expect(
                try Holds.place("h", of: 300, on: account, at: now, in: transaction) == .conflict
            )
            let held = try Journal.open(payer, in: transaction)
            #expect(held.available == 100)
            #expect(try Holds.end("h", captured: 0, at: now, in: transaction) == .done)
            #expect(try Holds.end("h", captured: 0, at: now, in: transaction) == .repeated)
            #expect(try Holds.end("h", captured: 400, at: now, in: transaction) == .conflict)
            #expect(try Journal.open(payer, in: transaction).available == 500)
        }
        #expect(try verify().isClean)
    }

    private func verify() throws -> LedgerReport {
        try database.read { transaction throws(StorageError) in
            try LedgerVerifier.verify(in: transaction)
        }
    }

    private func tamper(_ statement: String) throws {
        try database.write { transaction throws(StorageError) in
            _ = try transaction.execute("PRAGMA ignore_check_constraints = ON")
            _ = try transaction.execute("PRAGMA defer_foreign_keys = ON")
            _ = try transaction.execute(SQL(stringLiteral: statement))
        }
    }

    private func move(_ amount: Int64, from source: LedgerAccount, to target: LedgerAccount) throws
    {
        try database.write { transaction throws(StorageError) in
            var journal = try Journal(in: transaction)
            let entry = JournalEntry(
                kind: "test",
                reference: "r",
                postings: [
                    .init(try Journal.open(source, in: transaction), -amount),
                    .init(try Journal.open(target, in: transaction), amount),
                ]
            )
            _ = try journal.post(entry, at: Timestamp(milliseconds: 5), in: transaction)
            try journal.close(in: transaction)
        }
    }
}
