import Contracts
import Messaging
import PolicyCore
import Testing

/// Groups lead around no rule (review 3, F5, O9).
@Suite struct `Groups under policies` {
    private static let own = "15141fe4-1cfd-40f8-9819-71e453054639"
    private static let stranger = "a15e0b6d-76ed-4443-b83f-ade9eca2681a"
    private static let casino = "b9126674-b07d-49b6-bf4f-48d965b2242b"
    private static let group = Destination(kind: .group, value: "grp_1")

    private func harness(
        _ terms: PolicyTerms,
        members: [String]? = [own, casino]
    ) throws -> PolicyHarness {
        let harness = try PolicyHarness(terms)
        try harness.bind(Wallet.ID("wal_casino"), agent: "casino")
        try know(harness, "wal_payer", Self.own)
        try know(harness, "wal_casino", Self.casino, category: "gambling")
        if let members {
            let snapshot = GroupSnapshot(
                id: GroupAccount.ID(Self.group.value),
                organisation: PolicyHarness.organisation,
                members: members,
                threshold: 1,
                balance: Balance(asset: .usdc, available: 0, held: 0),
                createdAt: harness.now
            )
            let address = ReturnAddress(instance: "gateway-1", correlationID: "1")
            for _ in 0..<2 {
                let sent = try harness.send(
                    .recordGroup(RecordGroup(group: snapshot, returnAddress: address))
                )
                #expect((sent.first?.body as? GroupReply)?.group == snapshot)
            }
        }
        return harness
    }

    private func know(
        _ harness: PolicyHarness,
        _ wallet: String,
        _ user: String,
        category: String? = nil
    ) throws {
        let entry = DirectoryEntrySnapshot(
            id: DirectoryEntry.ID("dst_" + user),
            wallet: Wallet.ID(wallet),
            destination: Destination(kind: .mixinUser, value: user),
            category: category,
            createdAt: harness.now
        )
        _ = try harness.send(
            .recordDestination(
                RecordDestination(organisation: PolicyHarness.organisation, entry: entry)
            )
        )
    }

    private static let block = [
        PolicyTerms(name: "a", limits: [], blockedRecipients: ["wal_casino"]),
        PolicyTerms(name: "b", limits: [], blockedRecipients: [casino]),
        PolicyTerms(name: "c", limits: [], blockedRecipients: ["grp_1"]),
        PolicyTerms(name: "d", limits: [], blockedCategories: ["gambling"]),
        PolicyTerms(name: "e", limits: [], allowedRecipients: ["wal_payer"]),
    ]

    @Test(arguments: block)
    func `a group is paid when each member may be`(terms: PolicyTerms) throws {
        let harness = try harness(terms)
        #expect(try !harness.rules(harness.pay("1", 5, to: Self.group)).isEmpty)
        let unknown = try self.harness(terms, members: nil)
        #expect(
            try !unknown.rules(unknown.pay("1", 5, to: Self.group)).isEmpty,
            "a group that nobody has told of is paid under no list"
        )
    }

    @Test func `a group is paid when all members or the group itself are allowed`() throws {
        for allowed in [["wal_payer", "wal_casino"], ["grp_1"], [Self.own, Self.casino]] {
            let harness = try harness(
                PolicyTerms(name: "a", limits: [], allowedRecipients: allowed)
            )
            #expect(try harness.pay("1", 5, to: Self.group) == .approved, "\(allowed)")
        }
        let known = try harness(
            PolicyTerms(name: "a", limits: [], blockedRecipients: ["wal_casino"]),
            members: [Self.own, Self.stranger]
        )
        #expect(try known.pay("1", 5, to: Self.group) == .approved)
    }

    private func move(
        _ id: String = "1",
        _ amount: Int64 = 5,
        to wallet: String = "wal_casino",
        by signers: [String] = ["wal_payer"]
    ) -> GroupMove {
        GroupMove(
            release: GroupRelease.ID("rel_" + id),
            organisation: PolicyHarness.organisation,
            group: GroupAccount.ID(Self.group.value),
            destination: Destination(kind: .domain, value: "shop.example"),
            recipient: "shop.example",
            receiverWallet: Wallet.ID(wallet),
            amount: Money(minorUnits: MinorUnits(amount), asset: .usdc),
            amountText: "0.000005",
            signers: [],
            signatures: signers.map { GroupSignature(member: $0, wallet: Wallet.ID($0)) }
        )
    }

    /// What becomes of a release: what it reserved, or why not.
    private func release(
        _ harness: PolicyHarness,
        _ move: GroupMove
    ) throws -> (reserved: [Payment.ID], rules: [PolicyRule], failure: RequestRefused.Code?) {
        let sent = try harness.send(.authorizeReleases(AuthorizeReleases(moves: [move])))
        #expect(sent.count == 1)
        let moved = (sent.first?.body as? MoveGroups)?.moves.first
        let end = (sent.first?.body as? RecordGroupMoves)?.ends.first
        return (
            moved?.authorizations ?? [], end?.refusal?.violations.map(\.rule) ?? [], end?.failure
        )
    }

    @Test func `a release is decided by each signing wallet's policy`() throws {
        for terms in Self.block where terms.blockedRecipients != ["grp_1"] {
            let harness = try harness(terms)
            let refused = try release(harness, move())
            #expect(!refused.rules.isEmpty && refused.failure == .forbidden, "\(terms.name)")
        }
        let coSign = try harness(.limits(coSign: 4))
        #expect(try release(coSign, move()).rules == [.requireCoSign])
        let expired = try harness(
            PolicyTerms(
                name: "x",
                limits: [],
                expiry: Timestamp(milliseconds: 1_800_000_000_000)
            )
        )
        #expect(try release(expired, move()).rules == [.expiry])
        let largest = try harness(.limits(tx: 4))
        #expect(try release(largest, move()).rules == [.maxPerTx])
    }

    @Test func `a release counts in the windows of each signing wallet, until it fails`() throws {
        let harness = try harness(.limits(day: 10))
        let first = try release(harness, move("1", 7, by: ["wal_payer", "wal_payee"]))
        #expect(first.reserved.count == 2)
        #expect(try harness.rules(harness.pay("1", 4)) == [.maxPerDay])
        #expect(try release(harness, move("2", 4, by: ["wal_payee"])).rules == [.maxPerDay])
        _ = try harness.send(
            .releaseAuthorizations(ReleaseAuthorizations(payments: first.reserved))
        )
        #expect(try harness.pay("2", 10) == .approved)
    }

    /// L8, review 17: Settlement, restored from an older copy, may carry out what it had refused.
    @Test func `a release that was given back is decided again, and counts again`() throws {
        let harness = try harness(.limits(day: 10))
        let first = try release(harness, move("1", 7, by: ["wal_payer", "wal_payee"]))
        let giveBack = ReleaseAuthorizations(payments: first.reserved)
        _ = try harness.send(.releaseAuthorizations(giveBack))
        let again = try release(harness, move("1", 7, by: ["wal_payer", "wal_payee"]))
        #expect(again.reserved == first.reserved)
        #expect(try harness.rules(harness.pay("1", 4)) == [.maxPerDay])
        #expect(try harness.pay("2", 3) == .approved)
        _ = try harness.send(.releaseAuthorizations(giveBack))
        #expect(try harness.rules(harness.pay("3", 8)) == [.maxPerDay])
        let late = try release(harness, move("1", 8, by: ["wal_payer", "wal_payee"]))
        #expect(late.rules == [.maxPerDay], "within the limits of now")
    }

    @Test func `a release that is decided already stands, though the windows are full`() throws {
        let harness = try harness(.limits(day: 10))
        let first = try release(harness, move("1", 7, by: ["wal_payer", "wal_payee"]))
        let again = try release(harness, move("1", 7, by: ["wal_payer", "wal_payee"]))
        #expect(again.reserved == first.reserved && again.rules.isEmpty)
        #expect(try harness.pay("1", 3) == .approved, "it counts once")
    }

    @Test func `one refusal reserves nothing in the other wallets' windows`() throws {
        let harness = try harness(.limits(day: 10))
        #expect(try harness.pay("1", 6) == .approved)
        let refused = try release(harness, move("1", 7, by: ["wal_payee", "wal_payer"]))
        #expect(refused.rules == [.maxPerDay])
        #expect(try release(harness, move("2", 10, by: ["wal_payee"])).reserved.count == 1)
    }

    @Test func `who is no wallet of the organisation signs nothing`() throws {
        let harness = try harness(.limits(day: 10))
        #expect(try release(harness, move(by: ["wal_nobody"])).failure == .forbidden)
    }
}
