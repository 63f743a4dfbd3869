import Contracts
import Crypto
import Ledger
import SQLiteStorage
import Storage
import Testing

@Suite("The journal") struct JournalTests {
    let ledger: LedgerHarness
    let payer = LedgerHarness.payer
    let payee = LedgerHarness.payee
    let world = LedgerHarness.world

    init() throws {
        ledger = try LedgerHarness()
        try ledger.move(1000, from: world, to: payer)
    }

    @Test func `entries are numbered from 1 without gaps`() throws {
        let outcomes = try (0..<3).map { _ in try ledger.move(1, from: payer, to: payee) }
        let numbers: [Int64] = outcomes.compactMap { outcome in
            guard case .posted(let posted) = outcome else { return nil }
            return posted.sequence
        }
        #expect(numbers == [2, 3, 4])
    }

    @Test func `an entry that an account cannot bear is refused and changes nothing`() throws {
        let outcome = try ledger.move(1001, from: payer, to: payee)
        #expect(outcome == .insufficientFunds(payer))
        #expect(try ledger.available(payer) == 1000)
        #expect(try ledger.verify().entryCount == 1)
        guard case .posted(let next) = try ledger.move(1000, from: payer, to: payee) else {
            Issue.record("all that is there can be taken")
            return
        }
        #expect(next.sequence == 2)
        #expect(try ledger.verify().isClean)
    }

    @Test func `what is held cannot be taken`() throws {
        try ledger.database.write { transaction throws(StorageError) in
            let account = try Journal.open(payer, in: transaction)
            let now = LedgerHarness.now
            #expect(try Holds.place("h", of: 600, on: account, at: now, in: transaction) == .done)
        }
        #expect(try ledger.move(401, from: payer, to: payee) == .insufficientFunds(payer))
        #expect(try ledger.move(400, from: payer, to: payee) != .insufficientFunds(payer))
    }

    @Test func `money that comes into a held account needs nothing available`() throws {
        #expect(try ledger.move(1000, from: payer, to: payee) != .insufficientFunds(payer))
        #expect(try ledger.move(1, from: payee, to: payer) != .insufficientFunds(payee))
        #expect(try ledger.verify().isClean)
    }

    @Test func `a balance that cannot be counted is refused`() throws {
        let rest = Int64.max - 1000
        #expect(try ledger.move(rest + 1, from: world, to: payer) == .balanceTooLarge(world))
        #expect(try ledger.move(rest + 1, from: world, to: payee) == .balanceTooLarge(world))
        #expect(try ledger.move(rest, from: world, to: payer) != .balanceTooLarge(payer))
        #expect(try ledger.move(.max, from: payer, to: payee) != .balanceTooLarge(payee))
        #expect(try ledger.available(payee) == .max)
        #expect(try ledger.verify().isClean)
    }

    @Test func `an account that stands twice in an entry changes by the sum`() throws {
        let outcome = try ledger.post([(payer, -1500), (payee, 1000), (payer, 500)])
        #expect(outcome != .insufficientFunds(payer))
        #expect(try ledger.available(payer) == 0)
        #expect(try ledger.available(payee) == 1000)
        let report = try ledger.verify()
        #expect(report.isClean, "\(report.findings)")
        #expect(report.postingCount == 5)
    }

    @Test func `an entry of two assets sums to zero in each`() throws {
        let worldBTC = LedgerAccount(.external, of: "BTC", in: .btc)
        let payerBTC = LedgerAccount(.wallet, of: "wal_a", in: .btc)
        try ledger.post([(payer, -10), (payee, 10), (worldBTC, -7), (payerBTC, 7)])
        #expect(try ledger.available(payerBTC) == 7)
        #expect(try ledger.verify().isClean)
    }

    @Test func `an entry that does not sum to zero is a fault`() async {
        await #expect(processExitsWith: .failure) {
            let ledger = try LedgerHarness()
            try ledger.post([(LedgerHarness.world, -2), (LedgerHarness.payer, 1)])
        }
    }

    @Test func `an entry of one posting or of nothing is a fault`() async {
        await #expect(processExitsWith: .failure) {
            let ledger = try LedgerHarness()
            try ledger.post([(LedgerHarness.world, 0), (LedgerHarness.payer, 0)])
        }
    }

    @Test func `an entry that sums to zero only across assets is a fault`() async {
        await #expect(processExitsWith: .failure) {
            let ledger = try LedgerHarness()
            let other = LedgerAccount(.wallet, of: "wal_a", in: .btc)
            try ledger.post([(LedgerHarness.world, -1), (other, 1)])
        }
    }

    @Test(arguments: [
        "UPDATE ledger_account SET posted_minor = -1 WHERE owner = 'wal_a'",
        "UPDATE ledger_account SET held_minor = 1001 WHERE owner = 'wal_a'",
        "UPDATE ledger_account SET held_minor = -1 WHERE owner = 'wal_a'",
        "UPDATE ledger_account SET posted_minor = 'much' WHERE owner = 'wal_a'",
        "INSERT INTO ledger_account (kind, owner, asset) VALUES ('wallet', 'wal_a', 'USDC')",
        "INSERT INTO posting VALUES (1, 9, 1, 0)",
        "INSERT INTO posting VALUES (99, 0, 1, 5)",
        "INSERT INTO ledger_head VALUES (2, 0, zeroblob(32))",
    ])
    func `the database itself refuses what must never be`(statement: String) throws {
        #expect(throws: StorageError.self) {
            try ledger.database.write { transaction throws(StorageError) in
                _ = try transaction.execute(SQL(stringLiteral: statement))
            }
        }
        #expect(try ledger.verify().isClean)
    }

    /// The layout is written here a second time, by hand: it never changes.
    @Test func `the hash of an entry has the documented layout`() throws {
        func number(_ value: Int64) -> [UInt8] {
            (0..<8).reversed().map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
        }
        func text(_ value: String) -> [UInt8] { number(Int64(value.utf8.count)) + value.utf8 }
        var bytes = [UInt8](repeating: 0, count: 32)
        bytes += number(1) + number(5) + text("test") + text("r")
        bytes += text("external") + text("USDC") + text("USDC") + number(-1000)
        bytes += text("wallet") + text("wal_a") + text("USDC") + number(1000)
        let hash = try ledger.database.read { transaction throws(StorageError) in
            try transaction.first("SELECT hash FROM journal_entry WHERE sequence = 1") {
                $0.blob(0)
            }
        }
        #expect(hash == SHA256.digest(of: bytes))
    }
}
