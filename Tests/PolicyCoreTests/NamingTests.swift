import Contracts
import Messaging
import PolicyCore
import Testing

/// An organisation names a policy for new wallets and one for payouts; neither is deleted.
@Suite struct `The policies that an organisation names` {
    private let policy: PolicyHarness

    init() throws {
        policy = try PolicyHarness(PolicyTerms(name: "test", limits: []))
        for name in ["pol_one", "pol_two"] {
            let create = CreatePolicy(
                organisation: PolicyHarness.organisation,
                policy: Policy.ID(name),
                terms: PolicyTerms(name: name, limits: [])
            )
            _ = try policy.send(.createPolicy(create))
        }
    }

    private func name(
        wallets: String? = nil,
        payouts: String? = nil
    ) throws -> (any Message)? {
        let request = NamePolicies(
            organisation: PolicyHarness.organisation,
            defaultPolicy: wallets.map { Policy.ID($0) },
            payoutPolicy: payouts.map { Policy.ID($0) }
        )
        return try policy.send(.namePolicies(request)).first?.body
    }

    /// Why a policy was not deleted, or `nil` when it was.
    private func refusal(
        of name: String,
        by organisation: Organisation.ID = PolicyHarness.organisation
    ) throws -> RequestRefused.Code? {
        let delete = DeletePolicy(organisation: organisation, policy: Policy.ID(name))
        return (try policy.send(.deletePolicy(delete)).first?.body as? RequestRefused)?.code
    }

    @Test(arguments: [true, false])
    func `a policy is not deleted while its organisation names it`(isForPayouts: Bool) throws {
        let named = try isForPayouts ? name(payouts: "pol_one") : name(wallets: "pol_one")
        #expect(named is NamedPolicies)
        #expect(try refusal(of: "pol_one") == .conflict)
        _ = try isForPayouts ? name(payouts: "pol_two") : name(wallets: "pol_two")
        #expect(try refusal(of: "pol_one") == nil)
        #expect(try refusal(of: "pol_two") == .conflict)
    }

    @Test func `what one change does not name stays`() throws {
        _ = try name(wallets: "pol_one")
        _ = try name(payouts: "pol_two")
        #expect(try refusal(of: "pol_one") == .conflict)
        #expect(try refusal(of: "pol_two") == .conflict)
    }

    @Test func `a policy that was deleted cannot be named, and nothing changes`() throws {
        _ = try name(wallets: "pol_one")
        #expect(try refusal(of: "pol_two") == nil)
        let refused = try name(wallets: "pol_open", payouts: "pol_two") as? RequestRefused
        #expect(refused?.code == .notFound)
        #expect(try refusal(of: "pol_one") == .conflict)
    }

    @Test func `later changes have greater numbers`() throws {
        let orders = try ["pol_one", "pol_two", "pol_one"].map { policy in
            (try name(payouts: policy) as? NamedPolicies)?.order
        }
        #expect(orders == [1, 2, 3])
        let all = try name(wallets: "pol_two") as? NamedPolicies
        #expect(all?.defaultPolicy == Policy.ID("pol_two"))
        #expect(all?.payoutPolicy == Policy.ID("pol_one"))
    }

    @Test func `what waits for a phone number is under the new policy at once`() throws {
        let phone = "27821231000"
        let organisation = PolicyHarness.organisation
        let block = PolicyTerms(
            name: "block",
            limits: [],
            blockedRecipients: ["wal_eve"],
            assets: [.dzar]
        )
        for (name, terms) in [
            ("pol_pay", PolicyTerms(name: "pay", limits: [], assets: [.dzar])),
            ("pol_block", block),
        ] {
            let create = CreatePolicy(
                organisation: organisation,
                policy: Policy.ID(name),
                terms: terms
            )
            _ = try policy.send(.createPolicy(create))
        }
        let batch = AuthorizeBatch(
            organisation: organisation,
            batch: "6d1a7c50-0000-4000-8000-000000000001",
            attempt: 1,
            policy: Policy.ID("pol_pay"),
            payouts: [BatchPayment(phone: phone, amount: 100)]
        )
        let decided = try policy.send(.authorizeBatch(batch)).last?.body as? ExecuteBatch
        #expect(decided?.problems == [])
        _ = try name(payouts: "pol_block")
        #expect(try refusal(of: "pol_pay") == nil)
        let claim = RecordDestination(
            organisation: organisation,
            entry: DirectoryEntrySnapshot(
                id: DirectoryEntry.ID("dst_new"),
                wallet: Wallet.ID("wal_eve"),
                destination: Destination(kind: .phone, value: phone),
                createdAt: policy.now
            ),
            claims: [phone]
        )
        let settle = try policy.send(.recordDestination(claim)).first?.body as? SettleClaims
        #expect(settle?.allowed == [])
    }

    @Test func `a batch that was submitted earlier is decided under the policy that is named now`()
        throws
    {
        let organisation = PolicyHarness.organisation
        for (name, most) in [("pol_much", 1000), ("pol_little", 10)] as [(String, MinorUnits)] {
            let limits = [AssetLimits(asset: .dzar, maxPerTx: most)]
            let create = CreatePolicy(
                organisation: organisation,
                policy: Policy.ID(name),
                terms: PolicyTerms(name: name, limits: limits)
            )
            _ = try policy.send(.createPolicy(create))
        }
        _ = try name(payouts: "pol_little")
        let batch = AuthorizeBatch(
            organisation: organisation,
            batch: "6d1a7c50-0000-4000-8000-000000000002",
            attempt: 1,
            policy: Policy.ID("pol_much"),
            payouts: [BatchPayment(phone: "27821231000", amount: 100)]
        )
        let decided = try policy.send(.authorizeBatch(batch)).last?.body as? ExecuteBatch
        #expect(decided?.problems.count == 1)
        #expect(try refusal(of: "pol_much") == nil, "nothing is under it")
    }
}
