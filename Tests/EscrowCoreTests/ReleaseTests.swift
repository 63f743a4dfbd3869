import Contracts
import EscrowCore
import Messaging
import SQLiteStorage
import Storage
import Testing

@Suite("Releases from group accounts") struct ReleaseTests {
    private static let members = [
        "15141fe4-1cfd-40f8-9819-71e453054639", "a15e0b6d-76ed-4443-b83f-ade9eca2681a",
        "b9126674-b07d-49b6-bf4f-48d965b2242b",
    ]
    private static let group = GroupAccount.ID("grp_1")
    private static let id = GroupRelease.ID("rel_1")

    private let escrow: EscrowHarness

    init() throws {
        escrow = try EscrowHarness()
    }

    private func request(digest: String = "d") -> CreateRelease {
        CreateRelease(
            organisation: EscrowHarness.organisation,
            id: Self.id,
            group: Self.group,
            members: Self.members,
            threshold: 2,
            destination: Destination(kind: .wallet, value: "wal_1"),
            recipient: "wal_1",
            receiverWallet: Wallet.ID("wal_1"),
            amount: Money(minorUnits: 5, asset: .btc),
            amountText: "0.00000005",
            digest: digest
        )
    }

    @Test(arguments: [Int64.min, -1, 0, 1 << 53, Int64.max])
    func `a release out of bounds is refused`(amount: Int64) throws {
        var release = request()
        release.amount.minorUnits = MinorUnits(amount)
        #expect(try escrow.refusal(.createRelease(release)) == .invalidRequest)
    }

    @Test(arguments: [
        Destination(kind: .lightningAddress, value: "nonsense"),
        Destination(kind: .domain, value: "Shop.Example"),
        Destination(kind: .wallet, value: "WAL_1"),
        Destination(kind: .phone, value: "+27821234567"),
    ])
    func `review 1: what comes over the bus is for a destination in its canonical form`(
        destination: Destination
    ) throws {
        var release = request()
        release.destination = destination
        #expect(try escrow.refusal(.createRelease(release)) == .invalidRequest)
        var creation = escrow.creation()
        creation.receiver = destination
        #expect(try escrow.refusal(.create(creation)) == .invalidRequest)
        for table in ["escrow", "group_release"] {
            let count = try escrow.database.read { transaction throws(StorageError) in
                try transaction.first(SQL(stringLiteral: "SELECT COUNT(*) FROM " + table)) {
                    $0.integer(0)
                }
            }
            #expect(count == 0, "nothing is stored")
        }
    }

    private func create() throws {
        let reply = try escrow.send(.createRelease(request())).first as? ReleaseReply
        #expect(reply?.release.status == .pending && reply?.release.signers == [])
    }

    private func sign(
        _ place: Int,
        by wallet: String? = nil,
        as members: [String]? = nil,
        of organisation: Organisation.ID = EscrowHarness.organisation
    ) throws -> [any Message] {
        try escrow.send(
            .signRelease(
                SignRelease(
                    organisation: organisation,
                    release: Self.id,
                    group: Self.group,
                    members: members ?? (place < 3 ? [Self.members[place]] : ["x"]),
                    wallet: Wallet.ID(wallet ?? "wal_\(place)")
                )
            )
        )
    }

    private func cancel() throws -> [any Message] {
        try escrow.send(
            .cancelRelease(
                CancelRelease(
                    organisation: EscrowHarness.organisation,
                    release: Self.id,
                    group: Self.group
                )
            )
        )
    }

    private func end(_ failure: RequestRefused.Code? = nil) throws -> [any Message] {
        let end = GroupMoveEnd(
            release: Self.id,
            entry: failure == nil ? 9 : nil,
            signature: failure == nil ? "s" : nil,
            failure: failure
        )
        return try escrow.send(.recordGroupMoves(RecordGroupMoves(ends: [end])))
    }

    @Test func `asking is not signing, and a signature counts once`() throws {
        try create()
        for _ in 0..<3 {
            let sent = try sign(0)
            #expect((sent.first as? ReleaseReply)?.release.signers == [Self.members[0]])
            #expect(!sent.contains { $0 is AuthorizeReleases })
        }
    }

    @Test func `the money is ordered to move at the threshold, once`() throws {
        try create()
        _ = try sign(0)
        let order = try #require(try sign(1).first as? AuthorizeReleases)
        #expect(order.moves.map(\.signers) == [[Self.members[0], Self.members[1]]])
        #expect(
            order.moves.first?.signatures?.map(\.wallet) == [
                Wallet.ID("wal_0"), Wallet.ID("wal_1"),
            ]
        )
        #expect(order.moves.first?.receiverWallet == Wallet.ID("wal_1"))
        #expect(try sign(2).isEmpty, "who signs now waits")
        let replies = try end().compactMap { $0 as? ReleaseReply }
        #expect(replies.count == 2 && replies.allSatisfy { $0.release.status == .released })
        #expect(escrow.events.isEmpty, "Settlement tells of money that has moved")
        let late = try #require(try sign(2).first as? ReleaseReply)
        #expect(late.release.signers.count == 2 && late.isReplay)
        #expect(try end(.insufficientFunds).isEmpty, "it has ended")
    }

    /// review 3, F5: a wallet signs once, however many names it has.
    @Test func `a wallet that is two members has one signature`() throws {
        try create()
        let both = Array(Self.members.prefix(2))
        for _ in 0..<2 {
            let sent = try sign(0, by: "wal_0", as: both)
            #expect((sent.first as? ReleaseReply)?.release.signers == [Self.members[0]])
        }
        let second = try sign(1, by: "wal_0")
        #expect((second.first as? ReleaseReply)?.release.signers == [Self.members[0]])
        #expect((second.first as? ReleaseReply)?.isReplay == true)
        #expect(try sign(2).first is AuthorizeReleases)
    }

    @Test func `a member whose user has moved to another wallet has signed already`() throws {
        try create()
        _ = try sign(0, by: "wal_0")
        let again = try #require(try sign(0, by: "wal_9").first as? ReleaseReply)
        #expect(again.isReplay && again.release.signers.count == 1)
    }

    @Test func `a wallet with which the threshold cannot be reached is told so`() throws {
        try create()
        let refused = try sign(0, by: "wal_0", as: Self.members).first as? RequestRefused
        #expect(refused?.code == .invalidState)
    }

    @Test func `a policy's refusal ends the release with its reason`() throws {
        try create()
        _ = try sign(0)
        _ = try sign(1)
        let refusal = ReleaseRefusal(
            wallet: Wallet.ID("wal_0"),
            policy: Policy.ID("pol_1"),
            violations: [Violation(rule: .blockedRecipients, limit: "a", attempted: "a")]
        )
        let end = GroupMoveEnd(release: Self.id, failure: .forbidden, refusal: refusal)
        let replies = try escrow.send(.recordGroupMoves(RecordGroupMoves(ends: [end])))
        let told = try #require((replies.first as? ReleaseReply)?.release)
        #expect(told.status == .failed && told.refusal == refusal && told.endedAt != nil)
        let event = try #require(escrow.events.first)
        #expect(escrow.events.count == 1 && event.type == .transactionBlocked)
        #expect(event.wallets == [Wallet.ID("wal_0")], "no other signer is told of its policy")
        #expect(event.data.payment?.violations == refusal.violations)
        #expect((try sign(2).first as? RequestRefused)?.code == .invalidState)
    }

    @Test func `money that cannot move ends the release`() throws {
        try create()
        _ = try sign(0)
        _ = try sign(1)
        #expect(try end(.insufficientFunds).first is RequestRefused)
        let event = try #require(escrow.events.first)
        #expect(escrow.events.count == 1 && event.type == .transactionFailed)
        #expect(event.wallets == [Wallet.ID("wal_0"), Wallet.ID("wal_1")])
        #expect(event.data.payment?.failure == .insufficientFunds)
        #expect((try sign(2).first as? RequestRefused)?.code == .invalidState)
        #expect((try cancel().first as? RequestRefused)?.code == .invalidState)
    }

    @Test func `a cancelled release is signed no more`() throws {
        try create()
        _ = try sign(0)
        #expect((try cancel().first as? ReleaseReply)?.release.status == .cancelled)
        #expect((try cancel().first as? ReleaseReply)?.isReplay == true)
        #expect((try sign(1).first as? RequestRefused)?.code == .invalidState)
    }

    @Test(arguments: [true, false])
    func `a release ends after 30 days, also before the pulse`(hasPulse: Bool) throws {
        try create()
        _ = try sign(0)
        escrow.now = escrow.now.advanced(byMilliseconds: 30 * Timestamp.millisecondsPerDay)
        if hasPulse { try escrow.send(.pulse) }
        #expect((try sign(1).first as? RequestRefused)?.code == .invalidState)
    }

    @Test func `strangers and other organisations do nothing`() throws {
        try create()
        #expect((try sign(3).first as? RequestRefused)?.code == .forbidden)
        let other = try sign(0, of: Organisation.ID("org_2")).first as? RequestRefused
        #expect(other?.code == .notFound)
    }

    @Test func `a key stands for one release`() throws {
        try create()
        #expect(
            (try escrow.send(.createRelease(request())).first as? ReleaseReply)?.isReplay == true
        )
        let other = try escrow.send(.createRelease(request(digest: "other"))).first
        #expect((other as? RequestRefused)?.code == .idempotencyConflict)
    }
}
