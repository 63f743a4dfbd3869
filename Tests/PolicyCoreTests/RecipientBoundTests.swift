import Contracts
import Messaging
import PolicyCore
import SQLiteStorage
import Storage
import Testing

/// What is read to know who is paid does not multiply on the thread that decides everybody's
/// payments (review 11, L6).
@Suite("What is read of recipients") struct RecipientBoundTests {
    private static let group = Destination(kind: .group, value: "grp_1")

    private func harness(_ terms: PolicyTerms? = nil) throws -> PolicyHarness {
        try PolicyHarness(
            terms
                ?? PolicyTerms(name: "a", limits: [], blockedRecipients: ["eve"], assets: Asset.all)
        )
    }

    private func user(_ number: Int) -> String {
        let digits = String(number, radix: 16)
        return "00000000-0000-4000-8000-" + String(repeating: "0", count: 12 - digits.count)
            + digits
    }

    /// Opens a group of 256 users, each of whom a wallet of the given ones is.
    private func open(_ wallets: [String], in harness: PolicyHarness) throws {
        for number in 0..<256 {
            try harness.register(
                Destination(kind: .mixinUser, value: user(number)),
                for: Wallet.ID(wallets[number % wallets.count])
            )
        }
        let snapshot = GroupSnapshot(
            id: GroupAccount.ID(Self.group.value),
            organisation: PolicyHarness.organisation,
            members: (0..<256).map(user),
            threshold: 1,
            balance: Balance(asset: .usdc, available: 0, held: 0),
            createdAt: harness.now
        )
        _ = try harness.send(.recordGroup(RecordGroup(group: snapshot)))
    }

    private func name(_ wallet: String, _ count: Int, in harness: PolicyHarness) throws {
        try harness.database.write { transaction throws(StorageError) in
            _ = try transaction.execute(
                """
                INSERT INTO known_destination (organisation_id, kind, value, wallet_id)
                WITH RECURSIVE numbered (number) AS (
                    SELECT 1 UNION ALL SELECT number + 1 FROM numbered WHERE number < \(count))
                SELECT \(PolicyHarness.organisation), 'domain',
                    'd' || number || \(".\(wallet.dropFirst(4)).example"), \(wallet) FROM numbered
                """
            )
        }
    }

    private func authorize(_ harness: PolicyHarness, _ id: String = "1") -> PolicyInput {
        let order = harness.order(id, 5, to: Self.group)
        return .authorizePayments(AuthorizePayments(payments: [order]))
    }

    private func batch(_ count: Int) -> PolicyInput {
        .authorizeBatch(
            AuthorizeBatch(
                organisation: PolicyHarness.organisation,
                batch: "b7ccbefd-51e1-4720-81fb-da5740e38e8c",
                attempt: 1,
                policy: Policy.ID("pol_test"),
                payouts: (0..<count).map {
                    BatchPayment(phone: String(27_821_230_000 + $0), amount: 1)
                }
            )
        )
    }

    @Test func `a batch reads the names of one wallet once, however many payouts come to it`()
        throws
    {
        let harness = try harness()
        for number in 0..<300 {
            let phone = String(27_821_230_000 + number)
            try harness.register(Destination(kind: .phone, value: phone))
        }
        let rows = try harness.rowsRead(batch(300))
        #expect(rows < 1000, "\(rows) and not 300 × 300")
    }

    @Test func `a group whose members are one wallet costs its names once`() throws {
        let harness = try harness()
        try open(["wal_payee"], in: harness)
        try name("wal_payee", 700, in: harness)
        let rows = try harness.rowsRead(authorize(harness))
        #expect(rows < 2000, "\(rows) and not 256 × 956")
        #expect(try harness.pay("2", 5, to: Self.group) == .approved)
    }

    @Test func `a simulation of the past reads each recipient once`() throws {
        let harness = try harness(.limits())
        try open(["wal_payee"], in: harness)
        let orders = (0..<200).map { harness.order("p\($0)", 1, to: Self.group) }
        _ = try harness.send(.authorizePayments(AuthorizePayments(payments: orders)))
        let replace = ReplacePolicy(
            organisation: PolicyHarness.organisation,
            policy: Policy.ID("pol_test"),
            expectedVersion: 1,
            terms: PolicyTerms(name: "a", limits: [], blockedRecipients: ["eve"])
        )
        _ = try harness.send(.replacePolicy(replace))
        let question = SimulateHistory(
            organisation: PolicyHarness.organisation,
            policy: Policy.ID("pol_test"),
            since: Timestamp(milliseconds: 0),
            until: harness.now.advanced(byMilliseconds: 1)
        )
        let rows = try harness.rowsRead(.simulateHistory(question))
        #expect(rows < 1500, "\(rows) and not 200 × 512")
    }

    /// Three wallets of 1,000 names each, which Settlement allows to each of them.
    private func crowded(_ terms: PolicyTerms? = nil) throws -> PolicyHarness {
        let harness = try harness(terms)
        let wallets = ["wal_payee", "wal_b", "wal_c", "wal_d"]
        for wallet in wallets.dropFirst() { try harness.bind(Wallet.ID(wallet), agent: wallet) }
        try open(wallets, in: harness)
        for wallet in wallets { try name(wallet, 990, in: harness) }
        return harness
    }

    private func refusal(_ outgoing: [Outgoing]) -> RequestRefused? {
        outgoing.first?.body as? RequestRefused
            ?? (outgoing.first?.body as? PaymentOutcomes)?.outcomes.first?.refusal
    }

    @Test func `members with too many names together are refused in words, before they are read`()
        throws
    {
        let harness = try crowded()
        let refused = try refusal(harness.send(authorize(harness)))
        #expect(refused?.code == .invalidRequest)
        #expect(refused?.message.contains("too many names") == true)
        let rows = try harness.rowsRead(authorize(harness, "2"))
        #expect(rows < 600, "\(rows)")
        #expect(try harness.pay("3", 5) == .approved, "one of the wallets alone is paid")
        let asked = SimulatePayment(
            organisation: PolicyHarness.organisation,
            policy: Policy.ID("pol_test"),
            destination: Self.group,
            amount: Money(minorUnits: 5, asset: .usdc)
        )
        #expect(try refusal(harness.send(.simulatePayment(asked)))?.message == refused?.message)
        let free = try crowded(.limits())
        #expect(try free.pay("1", 5, to: Self.group) == .approved, "without lists nothing is read")
    }

    @Test func `a yes and a release are refused where the names cannot be read`() throws {
        let harness = try harness(
            PolicyTerms(
                name: "a",
                limits: [AssetLimits(asset: .usdc, requireCoSign: 4)],
                blockedRecipients: ["eve"]
            )
        )
        let wallets = ["wal_payee", "wal_b", "wal_c", "wal_d"]
        try open(wallets, in: harness)
        guard case .needsApproval(let approval) = try harness.pay("1", 5, to: Self.group) else {
            Issue.record("it waits for a person")
            return
        }
        for wallet in wallets { try name(wallet, 990, in: harness) }
        let decided = try harness.decide(approval.rawValue)
        let reply = decided.compactMap { $0.body as? ApprovalReply }.first
        #expect(reply?.approval.status == .denied)
        #expect(reply?.approval.violations?.map(\.rule) == [.blockedRecipients])
    }

    @Test func `a name that is long weighs more`() throws {
        let harness = try harness()
        for number in 0..<300 {
            let offer = "lno1" + String(repeating: "q", count: 1000) + String(number)
            try harness.register(Destination(kind: .bolt12Offer, value: offer))
        }
        let refused = try refusal(
            harness.send(.authorizePayments(AuthorizePayments(payments: [harness.order("1", 5)])))
        )
        #expect(refused?.code == .invalidRequest)
    }

    @Test func `a batch to wallets with too many names says so, and reserves nothing`() throws {
        let harness = try harness()
        for number in 0..<30 {
            let wallet = Wallet.ID("wal_b\(number)")
            let phone = String(27_821_230_000 + number)
            try harness.register(Destination(kind: .phone, value: phone), for: wallet)
            try name(wallet.rawValue, 999, in: harness)
        }
        let decision = try harness.send(batch(30)).first?.body as? ExecuteBatch
        #expect(decision?.problems.count == 1)
        #expect(decision?.problems.first?.contains("too many names") == true)
        #expect((try harness.send(batch(3)).first?.body as? ExecuteBatch)?.problems == [])
    }

    @Test func `the members of a group are written once`() throws {
        let harness = try harness()
        try open(["wal_payee"], in: harness)
        let snapshot = GroupSnapshot(
            id: GroupAccount.ID(Self.group.value),
            organisation: PolicyHarness.organisation,
            members: (300..<556).map(user),
            threshold: 1,
            balance: Balance(asset: .usdc, available: 0, held: 0),
            createdAt: harness.now
        )
        _ = try harness.send(.recordGroup(RecordGroup(group: snapshot)))
        let count = try harness.database.read { transaction throws(StorageError) in
            try transaction.first("SELECT count(*) FROM known_group_member") { $0.integer(0) }
        }
        #expect(count == 256)
    }
}
