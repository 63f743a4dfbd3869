import Contracts
import Messaging
import PolicyCore
import Testing

/// Which policy a wallet is under is Policy's to say (house 0.2, 0.3).
@Suite struct `Wallets and their policies` {
    private static let wallet = WalletSnapshot(
        id: PolicyHarness.wallet,
        organisation: PolicyHarness.organisation,
        agent: "payer",
        tags: [],
        status: .active,
        solanaAddress: "address-payer",
        balances: [],
        createdAt: Timestamp(milliseconds: 1_800_000_000_000)
    )

    private let policy: PolicyHarness

    init() throws {
        policy = try PolicyHarness(
            PolicyTerms(
                name: "test",
                limits: [AssetLimits(asset: .usdc, maxPerTx: 5)],
                expiry: Timestamp(milliseconds: 1_800_000_001_000)
            )
        )
    }

    private func bind(
        to policy: String,
        rebinds: Bool? = nil,
        order: Int64? = nil
    ) throws -> [Outgoing] {
        let command = BindWallet(
            wallet: Self.wallet,
            policy: Policy.ID(policy),
            destinations: [],
            rebinds: rebinds,
            order: order,
            returnAddress: ReturnAddress(instance: "gateway-1", correlationID: "7")
        )
        return try self.policy.send(.bindWallet(command))
    }

    private func bound() throws -> Policy.ID? {
        let question = GetBindings(
            organisation: PolicyHarness.organisation,
            wallets: [PolicyHarness.wallet]
        )
        let reply = try policy.send(.getBindings(question)).first?.body as? Bindings
        return reply?.bindings.first?.policy.id
    }

    @Test func `a wallet that changes its policy keeps its windows`() throws {
        #expect(try bind(to: "pol_open", rebinds: true).count == 1)
        #expect(try bound() == Policy.ID("pol_open"))
        #expect(try policy.pay("1", 6) == .approved)
    }

    @Test func `a change that comes late does not undo the one that overtook it`() throws {
        _ = try bind(to: "pol_conservative", rebinds: true, order: 2)
        #expect(try bind(to: "pol_open", rebinds: true, order: 1).count == 1, "it is answered")
        #expect(try bound() == Policy.ID("pol_conservative"))
        _ = try bind(to: "pol_standard", rebinds: true, order: 3)
        #expect(try bound() == Policy.ID("pol_standard"))
    }

    @Test func `a change that comes before the opening outlives it, and the names come with it`()
        throws
    {
        var wallet = Self.wallet
        wallet.id = Wallet.ID("wal_new")
        let names = [
            Destination(kind: .wallet, value: "wal_new"), Destination(kind: .agent, value: "new"),
        ]
        let opening = BindWallet(
            wallet: wallet,
            policy: Policy.ID("pol_open"),
            destinations: names.map { KnownDestination(destination: $0, wallet: wallet.id) }
        )
        var change = opening
        (change.policy, change.destinations) = (Policy.ID("pol_conservative"), [])
        (change.rebinds, change.order) = (true, 1)
        for command in [change, opening] { _ = try policy.send(.bindWallet(command)) }
        let question = GetBindings(organisation: PolicyHarness.organisation, wallets: [wallet.id])
        let reply = try policy.send(.getBindings(question)).first?.body as? Bindings
        #expect(reply?.bindings.first?.policy.id == Policy.ID("pol_conservative"))
        let blocked = PolicyTerms(name: "b", limits: [], blockedRecipients: ["agent:new"])
        let create = CreatePolicy(
            organisation: PolicyHarness.organisation,
            policy: Policy.ID("pol_block"),
            terms: blocked
        )
        _ = try policy.send(.createPolicy(create))
        _ = try bind(to: "pol_block", rebinds: true, order: 2)
        let paid = try policy.pay("1", 1, to: Destination(kind: .wallet, value: "wal_new"))
        #expect(paid != .approved)
    }

    @Test func `house 0.2: a repeated opening changes and freezes nothing`() throws {
        _ = try bind(to: "pol_open", rebinds: true)
        policy.now = policy.now.advanced(byMilliseconds: 2000)
        let outgoing = try bind(to: "pol_test")
        #expect(outgoing.count == 1 && outgoing.first?.body is WalletReply)
        #expect(try bound() == Policy.ID("pol_open"))
    }

    @Test func `a policy that was deleted before a wallet came under it is in use again`() throws {
        let create = CreatePolicy(
            organisation: PolicyHarness.organisation,
            policy: Policy.ID("pol_other"),
            terms: PolicyTerms(name: "other", limits: [])
        )
        _ = try policy.send(.createPolicy(create))
        let delete = DeletePolicy(
            organisation: PolicyHarness.organisation,
            policy: Policy.ID("pol_other")
        )
        _ = try policy.send(.deletePolicy(delete))
        _ = try bind(to: "pol_other", rebinds: true)
        #expect(try bound() == Policy.ID("pol_other"))
        let refused = try policy.send(.deletePolicy(delete)).first?.body as? RequestRefused
        #expect(refused?.code == .conflict)
    }
}
