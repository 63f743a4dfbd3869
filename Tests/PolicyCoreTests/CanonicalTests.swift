import Contracts
import Messaging
import PolicyCore
import SQLiteStorage
import Storage
import Testing

/// What comes over the bus is a destination in its own canonical form, or is refused (review 1).
@Suite struct `Destinations of the bus` {
    private static let user = "a15e0b6d-76ed-4443-b83f-ade9eca2681a"
    private static let good: [Destination] = [
        .init(kind: .wallet, value: "wal_payee"), .init(kind: .agent, value: "wal_V.2"),
        .init(kind: .agent, value: "shop.example"), .init(kind: .agent, value: "27821234567"),
        .init(kind: .group, value: "grp_1"), .init(kind: .domain, value: "shop.example"),
        .init(kind: .domain, value: "xn--bcher-kva.example"),
        .init(kind: .phone, value: "27821234567"), .init(kind: .mixinUser, value: user),
        .init(kind: .solana, value: PolicyHarness.address), Samples.ark,
        Samples.lightningAddress, Samples.lnurl, Samples.offer, Samples.invoice, Samples.bitcoin,
    ]

    private static let bad: [Destination] = [
        .init(kind: .lightningAddress, value: "nonsense"),
        .init(kind: .lightningAddress, value: "Bob@pay.example"),
        .init(kind: .lightningAddress, value: "bob@pay.example."),
        .init(kind: .ark, value: Samples.ark.value.uppercased()),
        .init(kind: .ark, value: "shop.example"),
        .init(kind: .bolt12Offer, value: Samples.offer.value.uppercased()),
        .init(kind: .lnurl, value: Samples.lnurl.value.uppercased()),
        .init(kind: .lnurl, value: "https://pay.example/lnurl/1"),
        .init(kind: .bolt11, value: "lnbc1"),
        .init(kind: .bolt11, value: Samples.invoice.value.uppercased()),
        .init(kind: .bolt11, value: "shop.example"),
        .init(kind: .bitcoin, value: "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4"),
        .init(kind: .domain, value: "Shop.Example"), .init(kind: .domain, value: "shop.example."),
        .init(kind: .domain, value: "B\u{FC}cher.example"), .init(kind: .domain, value: "bob"),
        .init(kind: .phone, value: "+27821234567"), .init(kind: .phone, value: "0821234567"),
        .init(kind: .mixinUser, value: user.uppercased()), .init(kind: .mixinUser, value: "bob"),
        .init(kind: .solana, value: "bob"), .init(kind: .agent, value: "agent:bob"),
        .init(kind: .agent, value: "a b"), .init(kind: .agent, value: " bob"),
        .init(kind: .wallet, value: "bob"), .init(kind: .wallet, value: "WAL_PAYEE"),
        .init(kind: .wallet, value: "wal_Payee"), .init(kind: .group, value: "GRP_1"),
        .init(kind: .group, value: "wal_payee"),
    ]

    private let policy: PolicyHarness

    init() throws {
        policy = try PolicyHarness(.limits())
    }

    private func move(to destination: Destination) -> GroupMove {
        GroupMove(
            release: GroupRelease.ID("rel_1"),
            organisation: PolicyHarness.organisation,
            group: GroupAccount.ID("grp_1"),
            destination: destination,
            recipient: destination.value,
            receiverWallet: Wallet.ID("wal_payee"),
            amount: Money(minorUnits: 5, asset: .usdc),
            amountText: "0.000005",
            signers: [Self.user],
            signatures: [GroupSignature(member: Self.user, wallet: PolicyHarness.wallet)]
        )
    }

    private func simulation(to destination: Destination) throws -> [Outgoing] {
        try policy.send(
            .simulatePayment(
                SimulatePayment(
                    organisation: PolicyHarness.organisation,
                    policy: Policy.ID("pol_test"),
                    destination: destination,
                    amount: Money(minorUnits: 5, asset: .usdc)
                )
            )
        )
    }

    @Test(arguments: bad)
    func `review 1, R23: what is no canonical form of its kind is refused`(
        destination: Destination
    ) throws {
        var order = policy.order("1", 5, to: destination)
        let paid = try policy.send(.authorizePayments(AuthorizePayments(payments: [order])))
        let outcomes = paid.compactMap { $0.body as? PaymentOutcomes }.flatMap(\.outcomes)
        #expect(outcomes.map(\.refusal?.code) == [.invalidRequest] && paid.count == 1)
        order.escrow = Escrow.ID("escrow_1")
        let locked = try policy.send(.authorizeLocks(AuthorizeLocks(payments: [order])))
        let locks = locked.compactMap { $0.body as? RecordLocks }.flatMap(\.locks)
        #expect(locks.map(\.refusal?.code) == [.invalidRequest] && locked.count == 1)
        let asked = try simulation(to: destination).map { ($0.body as? RequestRefused)?.code }
        #expect(asked == [.invalidRequest])
        let released = try policy.send(
            .authorizeReleases(AuthorizeReleases(moves: [move(to: destination)]))
        )
        let ends = released.compactMap { $0.body as? RecordGroupMoves }.flatMap(\.ends)
        #expect(ends.map(\.failure) == [.invalidRequest] && released.count == 1)
    }

    @Test(arguments: good)
    func `a canonical form is taken`(destination: Destination) throws {
        #expect(try policy.pay("1", 5, to: destination) == .approved)
        #expect(try simulation(to: destination).first?.body is PaymentSimulation)
        let released = try policy.send(
            .authorizeReleases(AuthorizeReleases(moves: [move(to: destination)]))
        )
        #expect(released.contains { $0.body is MoveGroups })
    }

    @Test func `what was stored before is repeated as it was, and is approved no more`() throws {
        let policy = try PolicyHarness(.limits(coSign: 1))
        let good = Samples.ark
        var decision = try policy.pay("1", 5, to: good)
        guard case .needsApproval(let approval) = decision else {
            Issue.record("\(decision)")
            return
        }
        let old = Destination(kind: .ark, value: good.value.uppercased())
        try policy.database.write { transaction throws(StorageError) in
            _ = try transaction.execute(
                """
                UPDATE approval
                SET payment_order = replace(payment_order, \(good.value), \(old.value))
                """
            )
        }
        decision = try policy.pay("1", 5, to: old)
        #expect(decision == .needsApproval(approval: approval))
        let decided = try policy.decide(approval.rawValue)
        let reply = decided.compactMap { $0.body as? ApprovalReply }.first?.approval
        #expect(reply?.status == .denied)
    }
}
