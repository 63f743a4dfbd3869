import Contracts
import EscrowCore
import Messaging
import SQLiteStorage
import Storage
import Testing

/// A page ends where its answer would be too large, and the next goes on there (review 2).
@Suite struct `Pages of escrows and releases` {
    private let harness: EscrowHarness

    init() throws {
        harness = try EscrowHarness()
    }

    private static func pages<Item>(
        _ ask: (PagePosition?) throws -> (items: [Item], next: PagePosition?)
    ) throws -> [[Item]] {
        var pages: [[Item]] = []
        var position: PagePosition?
        repeat {
            let page = try ask(position)
            pages.append(page.items)
            position = page.next
        } while position != nil && pages.count < 100
        return pages
    }

    @Test(arguments: [1, 7, 100])
    func `review 2: pages of large escrows have each once, and none is over a mebibyte`(
        limit: Int
    ) throws {
        var conditions = EscrowHarness.conditions()
        conditions.taskDescription = String(repeating: "t", count: 16_000)
        for number in 0..<40 {
            let escrow = try harness.lock("e\(number)", conditions)
            let dispute = DisputeEscrow(
                escrow: escrow,
                organisation: EscrowHarness.organisation,
                actor: EscrowHarness.payer,
                reason: String(repeating: "r", count: 8000),
                evidence: String(repeating: "v", count: 16_000)
            )
            try harness.send(.dispute(dispute))
        }
        for party in [nil, EscrowHarness.payer] {
            let pages = try Self.pages { position in
                let question = ListEscrows(
                    organisation: EscrowHarness.organisation,
                    party: party,
                    page: PageRequest(limit: limit, after: position)
                )
                let list = try #require(try harness.send(.list(question)).first as? EscrowList)
                return (list.escrows, list.next)
            }
            #expect(pages.allSatisfy { $0.count <= min(limit, (1 << 20) / 40_000) })
            let names = pages.joined().map(\.id.rawValue)
            #expect(names == (0..<40).reversed().map { "escrow_e\($0)" })
        }
    }

    @Test func `review 2: pages of large releases have each once`() throws {
        for number in 0..<40 {
            let request = CreateRelease(
                organisation: EscrowHarness.organisation,
                id: GroupRelease.ID("rel_\(number)"),
                group: GroupAccount.ID("grp_1"),
                members: ["15141fe4-1cfd-40f8-9819-71e453054639"],
                threshold: 1,
                destination: Destination(kind: .wallet, value: "wal_1"),
                recipient: "wal_1",
                amount: Money(minorUnits: 5, asset: .btc),
                amountText: "0.00000005",
                digest: "d"
            )
            #expect(try harness.refusal(.createRelease(request)) == nil)
        }
        // A text that was taken before texts were held against what they mean.
        let old = String(repeating: "w", count: 60_000)
        _ = try harness.database.write { transaction throws(StorageError) in
            try transaction.execute(
                """
                UPDATE group_release SET body =
                    replace(body, '"recipient":"wal_1"', \("\"recipient\":\"" + old + "\""))
                """
            )
        }
        let pages = try Self.pages { position in
            let question = ListReleases(
                organisation: EscrowHarness.organisation,
                group: GroupAccount.ID("grp_1"),
                page: PageRequest(limit: 100, after: position)
            )
            let list = try #require(try harness.send(.listReleases(question)).first as? ReleaseList)
            return (list.releases, list.next)
        }
        #expect(pages.allSatisfy { $0.count <= (1 << 20) / 60_000 })
        #expect(pages.joined().map(\.id.rawValue) == (0..<40).reversed().map { "rel_\($0)" })
    }

    @Test func `review 2: a nonce is remembered by its hash, and works once all the same`() throws {
        let callback = "https://example.com/verify"
        let escrow = try harness.lock("one", EscrowHarness.conditions(callback: callback))
        let nonces = (0..<3).map { String(repeating: "\($0)", count: 16_000) }
        for nonce in nonces {
            let proof = EscrowProof(type: .webhookCallback, proof: nonce)
            try harness.send(harness.complete(escrow, proof))
            try harness.send(.pulse)
            let asked = try #require(harness.exchanges.last)
            harness.exchanges.removeLast()
            let answer = RecordExchange(id: asked.id, status: 200, body: "{}")
            try harness.send(.recordExchange(answer))
            #expect(try harness.refusal(harness.complete(escrow, proof)) == .invalidProof)
        }
        let bytes = try harness.database.read { transaction throws(StorageError) in
            try transaction.first("SELECT length(body) FROM escrow") { $0.integer(0) }
        }
        #expect((bytes ?? .max) < 20_000, "the last one is there as a proof")
    }

    @Test func `a question for a release that is late changes nothing`() throws {
        let request = CreateRelease(
            organisation: EscrowHarness.organisation,
            id: GroupRelease.ID("rel_1"),
            group: GroupAccount.ID("grp_1"),
            members: ["15141fe4-1cfd-40f8-9819-71e453054639"],
            threshold: 1,
            destination: Destination(kind: .wallet, value: "wal_1"),
            recipient: "wal_1",
            amount: Money(minorUnits: 5, asset: .btc),
            amountText: "0.00000005",
            digest: "d"
        )
        try harness.send(.createRelease(request))
        func stored() throws -> String? {
            try harness.database.read { transaction throws(StorageError) in
                try transaction.first("SELECT status FROM group_release") { $0.text(0) }
            }
        }
        harness.now = harness.now.advanced(byMilliseconds: 31 * Timestamp.millisecondsPerDay)
        let question = GetRelease(
            organisation: EscrowHarness.organisation,
            release: request.id,
            group: request.group
        )
        let reply = try harness.send(.getRelease(question)).first as? ReleaseReply
        #expect(reply?.release.status == .expired)
        #expect(try stored() == "pending")
        try harness.send(.pulse)
        #expect(try stored() == "expired")
    }
}
