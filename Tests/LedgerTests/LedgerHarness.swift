import Contracts
import Crypto
import Ledger
import QueryPlans
import SQLiteStorage
import Storage
import Testing

/// A ledger in memory with a few accounts.
final class LedgerHarness {
    static let payer = LedgerAccount(.wallet, of: "wal_a", in: .usdc)
    static let payee = LedgerAccount(.wallet, of: "wal_b", in: .usdc)
    static let world = LedgerAccount(.external, of: "USDC", in: .usdc)
    static let key = SigningKey(seed: [UInt8](repeating: 7, count: 32))
    static let now = Timestamp(milliseconds: 5)

    let database: SQLiteDatabase

    private let key: SigningKey

    init(signingWith key: SigningKey = LedgerHarness.key) throws {
        self.key = key
        database = try SQLiteDatabase(path: ":memory:")
        try database.migrate(LedgerSchema.migrations)
    }

    @discardableResult
    func move(
        _ amount: Int64,
        from source: LedgerAccount,
        to target: LedgerAccount
    ) throws -> PostOutcome {
        try post([(source, -amount), (target, amount)])
    }

    @discardableResult
    func post(_ postings: [(LedgerAccount, Int64)]) throws -> PostOutcome {
        let watched = WatchedDatabase(database) { Issue.record("\($0)") }
        return try watched.write { transaction throws(StorageError) in
            var journal = try Journal(signingWith: key, in: transaction)
            var states: [JournalEntry.Posting] = []
            for (account, amount) in postings {
                states.append(.init(try Journal.open(account, in: transaction), MinorUnits(amount)))
            }
            let entry = JournalEntry(kind: "test", reference: "r", postings: states)
            let outcome = try journal.post(entry, at: Self.now, in: transaction)
            try journal.close(in: transaction)
            return outcome
        }
    }

    func available(_ account: LedgerAccount) throws -> Int64? {
        try database.read { transaction throws(StorageError) in
            try Journal.find(account, in: transaction)?.available.rawValue
        }
    }

    func verify() throws -> LedgerReport {
        try database.read { transaction throws(StorageError) in
            try LedgerVerifier.verify(in: transaction)
        }
    }

    /// Changes rows past every constraint, as somebody with the file and an editor can, and returns
    /// what a verification finds then; afterwards the ledger is as it was.
    func findings(after statements: String...) throws -> [LedgerFinding] {
        var findings: [LedgerFinding] = []
        do {
            try database.write { transaction throws(StorageError) in
                _ = try transaction.execute("PRAGMA ignore_check_constraints = ON")
                _ = try transaction.execute("PRAGMA defer_foreign_keys = ON")
                for statement in statements {
                    _ = try transaction.execute(SQL(stringLiteral: statement))
                }
                findings = try LedgerVerifier.verify(in: transaction).findings
                throw StorageError(.unavailable, message: Self.undone)
            }
        } catch {
            guard error.message == Self.undone else { throw error }
        }
        return findings
    }

    private static let undone = "the damage is undone"
}
