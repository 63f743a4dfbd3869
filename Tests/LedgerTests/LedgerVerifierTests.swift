import Contracts
import Crypto
import Ledger
import SQLiteStorage
import Storage
import Testing

@Suite("The verifier of the ledger") struct LedgerVerifierTests {
    let ledger: LedgerHarness

    init() throws {
        ledger = try LedgerHarness()
        let (payer, payee) = (LedgerHarness.payer, LedgerHarness.payee)
        try ledger.move(1000, from: LedgerHarness.world, to: payer)
        for _ in 0..<5 { try ledger.move(100, from: payer, to: payee) }
        try ledger.database.write { transaction throws(StorageError) in
            let now = LedgerHarness.now
            let account = try Journal.open(payer, in: transaction)
            _ = try Holds.place("h", of: 30, on: account, at: now, in: transaction)
            _ = try Holds.place("ended", of: 20, on: account, at: now, in: transaction)
            _ = try Holds.release("ended", at: now, in: transaction)
        }
    }

    @Test func `an untouched ledger is clean`() throws {
        let report = try ledger.verify()
        #expect(report.isClean, "\(report.findings)")
        #expect(report.entryCount == 6)
        #expect(report.postingCount == 12)
        #expect(report.accountCount == 3)
        #expect(report.totals[.wallet]?[.usdc] == 1000)
        #expect(report.totals[.external]?[.usdc] == -1000)
    }

    @Test func `an empty ledger is clean`() throws {
        #expect(try LedgerHarness().verify().isClean)
    }

    @Test(
        arguments: [
            (
                "UPDATE posting SET amount_minor = amount_minor * 2 WHERE entry_sequence = 3",
                [.brokenLink, .wrongBalance]
            ),
            ("UPDATE journal_entry SET reference = 'x' WHERE sequence = 4", [.brokenLink]),
            ("UPDATE journal_entry SET kind = 'x' WHERE sequence = 4", [.brokenLink]),
            ("UPDATE journal_entry SET created_at = 9 WHERE sequence = 2", [.brokenLink]),
            ("UPDATE journal_entry SET hash = zeroblob(32) WHERE sequence = 2", [.brokenLink]),
            (
                "UPDATE posting SET amount_minor = -99 WHERE entry_sequence = 3 AND position = 0",
                [.unbalancedEntry, .brokenLink, .wrongBalance]
            ),
            ("UPDATE posting SET position = 2 WHERE position = 1", [.wrongPosition]),
            (
                "UPDATE posting SET account_id = 1 WHERE entry_sequence = 3 AND position = 1",
                [.brokenLink, .wrongBalance]
            ),
            ("DELETE FROM posting WHERE entry_sequence = 3", [.unbalancedEntry, .wrongBalance]),
            ("UPDATE posting SET entry_sequence = 77 WHERE entry_sequence = 6", [.strayPosting]),
            ("UPDATE ledger_account SET posted_minor = 501 WHERE owner = 'wal_a'", [.wrongBalance]),
            (
                "UPDATE ledger_account SET posted_minor = -5 WHERE owner = 'wal_a'",
                [.negativeAccount]
            ),
            (
                "UPDATE ledger_account SET posted_minor = 0 WHERE kind = 'external'",
                [.unbalancedAsset]
            ),
            ("UPDATE ledger_account SET owner = 'wal_c' WHERE owner = 'wal_a'", [.brokenLink]),
            ("UPDATE ledger_account SET asset = 'EUR' WHERE owner = 'wal_b'", [.unknownAccount]),
            (
                "DELETE FROM ledger_account WHERE owner = 'wal_b'",
                [.strayPosting, .unbalancedAsset]
            ),
            ("UPDATE ledger_account SET held_minor = 1 WHERE owner = 'wal_a'", [.wrongHold]),
            ("UPDATE hold SET amount_minor = 31 WHERE id = 'h'", [.wrongHold]),
            ("DELETE FROM hold WHERE id = 'h'", [.wrongHold]),
            ("UPDATE hold SET account_id = 99 WHERE id = 'h'", [.strayHold, .wrongHold]),
            ("UPDATE hold SET state = 'placed' WHERE id = 'ended'", [.strayHold, .wrongHold]),
            ("UPDATE hold SET state = 'captured' WHERE id = 'ended'", [.strayHold]),
            ("UPDATE hold SET captured_minor = 21 WHERE id = 'ended'", [.strayHold]),
            ("UPDATE ledger_head SET sequence = 5", [.wrongHead]),
            ("UPDATE ledger_head SET hash = zeroblob(32)", [.wrongHead]),
            ("DELETE FROM ledger_head", [.wrongHead]),
            (
                "INSERT INTO journal_entry VALUES (0, 'x', 'x', 0, zeroblob(32), NULL)",
                [.strayEntry]
            ),
            (
                "INSERT INTO journal_entry VALUES (7, 'x', 'x', 0, zeroblob(32), NULL)",
                [.unbalancedEntry, .brokenLink, .wrongHead]
            ),
        ] as [(String, [LedgerFinding.Kind])]
    )
    func `a planted damage is found`(statement: String, kinds: [LedgerFinding.Kind]) throws {
        let found = Set(try ledger.findings(after: statement).map(\.kind))
        #expect(found.isSuperset(of: kinds), "\(found)")
    }

    @Test func `a missing entry is found, and the broken link after it`() throws {
        let findings = try ledger.findings(
            after: "DELETE FROM posting WHERE entry_sequence = 3",
            "DELETE FROM journal_entry WHERE sequence = 3"
        )
        #expect(findings.contains { $0.kind == .missingEntry && $0.place == "entry 3" })
        #expect(findings.contains { $0.kind == .brokenLink && $0.place == "entry 4" })
    }

    @Test func `the last entry cannot be cut off unseen`() throws {
        let findings = try ledger.findings(
            after: "DELETE FROM posting WHERE entry_sequence = 6",
            "DELETE FROM journal_entry WHERE sequence = 6",
            "UPDATE ledger_account SET posted_minor = posted_minor + 100 WHERE owner = 'wal_a'",
            "UPDATE ledger_account SET posted_minor = posted_minor - 100 WHERE owner = 'wal_b'"
        )
        #expect(findings.map(\.kind) == [.wrongHead])
    }

    @Test func `a changed amount is found though every sum was mended`() throws {
        let findings = try ledger.findings(
            after: "UPDATE posting SET amount_minor = amount_minor / 100 WHERE entry_sequence = 2",
            "UPDATE ledger_account SET posted_minor = posted_minor + 99 WHERE owner = 'wal_a'",
            "UPDATE ledger_account SET posted_minor = posted_minor - 99 WHERE owner = 'wal_b'"
        )
        #expect(findings.map(\.kind) == [.brokenLink])
        #expect(findings.map(\.place) == ["entry 2"])
    }

    /// review 13: the chain alone is no proof, because whoever can write the file can compute it.
    @Test func `a ledger that somebody without the key has made anew is found`() throws {
        let key = Hex.text(of: LedgerHarness.key.publicKey)
        let forged = try LedgerHarness(
            signingWith: SigningKey(seed: [UInt8](repeating: 8, count: 32))
        )
        try forged.move(5000, from: LedgerHarness.world, to: LedgerHarness.payer)
        #expect(try forged.verify().isClean, "under its own key it is whole")
        let findings = try forged.findings(after: "UPDATE ledger_head SET public_key = x'\(key)'")
        #expect(findings.map(\.kind) == [.wrongSignature])
        let report = try forged.database.read { transaction throws(StorageError) in
            try LedgerVerifier.verify(in: transaction, publicKey: LedgerHarness.key.publicKey)
        }
        #expect(report.findings.map(\.kind) == [.wrongSigner])
    }

    @Test func `an entry that lacks its signature is found, whatever the head says of it`() throws {
        let taken = try ledger.findings(
            after: "UPDATE journal_entry SET signature = NULL WHERE sequence = 4"
        )
        #expect(taken.map(\.kind) == [.wrongSignature] && taken.map(\.place) == ["entry 4"])
        for exemption in ["NULL", "x''", "zeroblob(64)"] {
            let all = try ledger.findings(
                after: "UPDATE journal_entry SET signature = NULL",
                "UPDATE ledger_head SET signed_after = 6, exemption_signature = \(exemption)"
            )
            #expect(all.count == 6 && all.allSatisfy { $0.kind == .wrongSignature })
        }
        let keyless = try ledger.findings(
            after: "UPDATE journal_entry SET signature = NULL",
            "UPDATE ledger_head SET signed_after = NULL, public_key = NULL"
        )
        #expect(keyless.count == 6)
    }

    /// A ledger of a build that signed payments alone, at its first start after the upgrade.
    @Test(arguments: ["public_key", "NULL"])
    func `entries of older builds need no signature, once the key has said so`(
        publicKey: String
    ) throws {
        try ledger.database.write { transaction throws(StorageError) in
            for statement in [
                "UPDATE journal_entry SET signature = NULL WHERE sequence <= 4",
                "DELETE FROM posting WHERE entry_sequence > 4",
                "DELETE FROM journal_entry WHERE sequence > 4",
                """
                UPDATE ledger_head SET sequence = 4, public_key = \(publicKey), signed_after = 4,
                    exemption_signature = x'',
                    hash = (SELECT hash FROM journal_entry WHERE sequence = 4)
                """,
            ] { try transaction.execute(SQL(stringLiteral: statement)) }
            try LedgerHead.claim(for: LedgerHarness.key, in: transaction)
        }
        let signatures = try ledger.verify().findings.filter { $0.kind == .wrongSignature }
        #expect(signatures.isEmpty)
        let moved = try ledger.findings(after: "UPDATE ledger_head SET signed_after = 3")
        #expect(moved.filter { $0.kind == .wrongSignature }.count == 4)
    }

    @Test func `a ledger that has lost its key is given no other one`() throws {
        let failure = #expect(throws: StorageError.self) {
            try ledger.database.write { transaction throws(StorageError) in
                try transaction.execute("UPDATE ledger_head SET public_key = NULL")
                try LedgerHead.claim(for: LedgerHarness.key, in: transaction)
            }
        }
        #expect(failure?.code == .corrupt)
    }

    @Test func `a head that was carried away must be in the ledger`() throws {
        let head = try #require(try ledger.verify().head)
        #expect(head.sequence == 6 && head.isSigned)
        func findings(_ anchors: LedgerAnchor...) throws -> [LedgerFinding] {
            try ledger.database.read { transaction throws(StorageError) in
                try LedgerVerifier.verify(in: transaction, anchors: anchors).findings
            }
        }
        #expect(try findings(head).isEmpty)
        try ledger.move(1, from: LedgerHarness.payer, to: LedgerHarness.payee)
        #expect(try findings(head).isEmpty)
        var later = head
        later.sequence = 9
        var other = head
        other.hash[0] ^= 1
        #expect(try findings(later).map(\.place) == ["entry 9"])
        #expect(try findings(head, other).map(\.kind) == [.missingAnchor])
    }

    @Test func `a ledger is continued with no other key than its own`() throws {
        let other = SigningKey(seed: [UInt8](repeating: 8, count: 32))
        try ledger.database.read { transaction throws(StorageError) in
            let head = try LedgerHead.read(in: transaction)
            try head.check(LedgerHarness.key)
            do throws(StorageError) {
                try head.check(other)
                Issue.record("it was taken")
            } catch {
                #expect(error.code == .incompatible)
            }
        }
    }

    @Test func `a ledger is the first key's before it has an entry`() throws {
        let ledger = try LedgerHarness()
        let other = SigningKey(seed: [UInt8](repeating: 8, count: 32))
        for _ in 0..<2 {
            try ledger.database.write { transaction throws(StorageError) in
                try LedgerHead.claim(for: LedgerHarness.key, in: transaction)
            }
        }
        let failure = #expect(throws: StorageError.self) {
            try ledger.database.write { transaction throws(StorageError) in
                try LedgerHead.claim(for: other, in: transaction)
            }
        }
        #expect(failure?.code == .incompatible)
        try ledger.move(1, from: LedgerHarness.world, to: LedgerHarness.payer)
        #expect(try ledger.verify().isClean)
    }

    @Test func `a ledger longer than a part is read to its end, with progress`() throws {
        let ledger = try LedgerHarness()
        try ledger.database.write { transaction throws(StorageError) in
            var journal = try Journal(signingWith: LedgerHarness.key, in: transaction)
            for number in 0..<20_050 {
                let entry = JournalEntry(
                    kind: "test",
                    reference: "\(number)",
                    postings: [
                        .init(try Journal.open(LedgerHarness.world, in: transaction), -1),
                        .init(try Journal.open(LedgerHarness.payer, in: transaction), 1),
                    ]
                )
                _ = try journal.post(entry, at: LedgerHarness.now, in: transaction)
            }
            try journal.close(in: transaction)
        }
        var progress: [Int64] = []
        let report = try ledger.database.read { transaction throws(StorageError) in
            try LedgerVerifier.verify(in: transaction) { progress.append($0) }
        }
        #expect(report.isClean, "\(report.findings.prefix(5))")
        #expect(report.entryCount == 20_050)
        #expect(progress == [10_000, 20_000])
    }
}
