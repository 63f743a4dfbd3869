import Contracts
import Messaging
import PolicyCore
import Testing

/// R21: a decision of a policy with lists says whom it is about.
@Suite("Judged recipients") struct JudgedRecipientTests {
    private static let shop = Destination(kind: .domain, value: "shop.example")
    private static let bad = Wallet.ID("wal_bad")

    private func harness(_ change: (inout PolicyTerms) -> Void) throws -> PolicyHarness {
        var terms = PolicyTerms.limits(day: 1000, coSign: 500)
        change(&terms)
        let harness = try PolicyHarness(terms)
        try harness.bind(Self.bad, agent: "bad")
        return harness
    }

    private func decided(_ outgoing: [Outgoing]) throws -> DecidedPayment {
        let commands = outgoing.compactMap { $0.body as? ExecutePayments }
        return try #require(commands.first?.payments.first)
    }

    private func ask(
        _ harness: PolicyHarness,
        _ id: String,
        _ amount: Int64
    ) throws
        -> DecidedPayment
    {
        let order = harness.order(id, amount, to: Self.shop)
        let request = AuthorizePayments(payments: [order])
        return try decided(try harness.send(.authorizePayments(request)))
    }

    @Test func `a decision names the wallet, also when it is told again and at a person's yes`()
        throws
    {
        let harness = try harness { $0.blockedRecipients = ["wal_bad"] }
        #expect(try ask(harness, "a", 10).recipient == JudgedRecipient(wallet: nil))
        try harness.register(Self.shop)
        let payee = JudgedRecipient(wallet: Wallet.ID("wal_payee"))
        #expect(try ask(harness, "b", 10).recipient == payee)
        _ = try ask(harness, "c", 600)
        // What is repeated is what was decided, whoever has the name now.
        try harness.register(Self.shop, for: Self.bad)
        #expect(try ask(harness, "a", 10).recipient == JudgedRecipient(wallet: nil))
        #expect(try ask(harness, "b", 10).recipient == payee)
        try harness.register(Self.shop)
        #expect(try decided(try harness.decide("apr_c")).recipient == payee)
        #expect(try ask(harness, "c", 600).recipient == payee)
    }

    @Test func `a policy without lists asks nobody's name`() throws {
        let harness = try harness { _ in }
        #expect(try ask(harness, "a", 10).recipient == nil)
    }

    @Test func `a batch's decision names the wallets of its phone numbers`() throws {
        let harness = try harness { terms in
            terms.limits = [AssetLimits(asset: .dzar, maxPerDay: 1000)]
            terms.currency = .dzar
            terms.blockedRecipients = ["wal_bad"]
        }
        try harness.register(Destination(kind: .phone, value: "27821231234"))
        let command = AuthorizeBatch(
            organisation: PolicyHarness.organisation,
            batch: "b7ccbefd-51e1-4720-81fb-da5740e38e8c",
            attempt: 1,
            policy: Policy.ID("pol_test"),
            payouts: ["27821231234", "27821231235"].map { BatchPayment(phone: $0, amount: 5) }
        )
        let outgoing = try harness.send(.authorizeBatch(command))
        let decision = try #require(outgoing.first?.body as? ExecuteBatch)
        #expect(decision.problems.isEmpty)
        #expect(decision.recipients == ["27821231234": Wallet.ID("wal_payee")])
    }

    /// O5: the receiver of an escrow that nobody knew when the money was locked.
    @Test(arguments: ["wal_bad", "shop.example", "bad", "wal_other"])
    func `a receiver who is found late is held against the payer's lists`(entry: String) throws {
        let harness = try harness { $0.blockedRecipients = [entry] }
        let move = EscrowMove(
            escrow: Escrow.ID("escrow_1"),
            organisation: PolicyHarness.organisation,
            toReceiver: 10,
            receiver: Self.shop
        )
        func isAllowed(_ payer: Wallet.ID) throws -> Bool? {
            let found = FoundReceiver(move: move, payer: payer, wallet: Self.bad)
            let command = JudgeReceivers(receivers: [found])
            let outgoing = try harness.send(.judgeReceivers(command))
            let answer = try #require(outgoing.first?.body as? EndJudgedEscrows)
            #expect(answer.moves.first?.move == move && answer.moves.first?.wallet == Self.bad)
            return answer.moves.first?.isAllowed
        }
        #expect(try isAllowed(PolicyHarness.wallet) == (entry == "wal_other"))
        #expect(try isAllowed(Wallet.ID("wal_nobody")) == false)
        let given = try harness.giveUp(
            .judgeReceivers(
                JudgeReceivers(
                    receivers: [
                        FoundReceiver(move: move, payer: PolicyHarness.wallet, wallet: Self.bad)
                    ]
                )
            )
        )
        let answer = try #require(given.first?.body as? EndJudgedEscrows)
        #expect(answer.moves.first?.isAllowed == false)
    }
}
