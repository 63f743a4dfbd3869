import Contracts
import Messaging
import PolicyCore
import Testing

/// What is decided a second time: at a person's yes, and when a reservation was given back.
@Suite("Decided again") struct DecidedAgainTests {
    private static let shop = Destination(kind: .domain, value: "shop.example")

    private func waiting(_ terms: PolicyTerms, requester: String? = nil) throws -> PolicyHarness {
        let harness = try PolicyHarness(terms)
        try harness.bind(Wallet.ID("wal_bad"), agent: "bad")
        try harness.register(Self.shop)
        var order = harness.order("b", 60, to: Self.shop)
        order.requester = requester.map { APIKey.ID($0) }
        let outgoing = try harness.send(.authorizePayments(AuthorizePayments(payments: [order])))
        #expect(outgoing.contains { $0.body is RecordEvents })
        return harness
    }

    private func payment(_ outgoing: [Outgoing]) -> DecidedPayment? {
        outgoing.compactMap { $0.body as? ExecutePayments }.first?.payments.first
    }

    private func approval(_ outgoing: [Outgoing]) -> ApprovalSnapshot? {
        outgoing.compactMap { $0.body as? ApprovalReply }.first?.approval
    }

    @Test func `R21, F9: a yes meets the recipient as it resolves now`() throws {
        var terms = PolicyTerms.limits(day: 100, coSign: 50)
        terms.blockedRecipients = ["wal_bad"]
        let harness = try waiting(terms)
        try harness.register(Self.shop, for: Wallet.ID("wal_bad"))
        let outgoing = try harness.decide("apr_b")
        let decided = try #require(approval(outgoing))
        #expect(decided.status == .denied && decided.reason != nil)
        #expect(decided.violations?.map(\.rule) == [.blockedRecipients])
        #expect(harness.rules(try #require(payment(outgoing)).decision) == [.blockedRecipients])
        #expect((try harness.decide("apr_b").first?.body as? RequestRefused)?.code == .conflict)
        #expect(try harness.pay("c", 50) == .approved)
        #expect(try harness.pay("d", 50) == .approved)
    }

    @Test func `what is told late of a name does not give it back to its old owner`() throws {
        var terms = PolicyTerms.limits(day: 100, coSign: 50)
        terms.blockedRecipients = ["wal_bad"]
        let harness = try waiting(terms)
        try harness.register(Self.shop, for: Wallet.ID("wal_bad"), order: 3)
        try harness.register(Self.shop, order: 1)
        let entry = DirectoryEntrySnapshot(
            id: DirectoryEntry.ID("dst_1"),
            wallet: Wallet.ID("wal_bad"),
            destination: Self.shop,
            createdAt: harness.now
        )
        func forget(_ order: Int64) throws {
            let command = ForgetDestination(
                organisation: PolicyHarness.organisation,
                entry: entry,
                order: order
            )
            _ = try harness.send(.forgetDestination(command))
        }
        try forget(2)
        #expect(harness.rules(try harness.pay("c", 5, to: Self.shop)) == [.blockedRecipients])
        #expect(approval(try harness.decide("apr_b"))?.status == .denied)
        try forget(4)
        try harness.register(Self.shop, for: Wallet.ID("wal_bad"), order: 3)
        #expect(try harness.pay("d", 5, to: Self.shop) == .approved, "it is nobody's any more")
    }

    /// API.md, section 1: the payment ends `blocked`, and the approval says why.
    @Test(arguments: [
        (DecideApproval.RecipientState.nobody, "The destination is nobody's now."),
        (.closed, "The recipient's wallet is closed."),
    ])
    func `a yes to pay nobody, or a closed wallet, is none`(
        state: DecideApproval.RecipientState,
        reason: String
    ) throws {
        let harness = try waiting(.limits(coSign: 50))
        let outgoing = try harness.decide("apr_b", recipient: state)
        let decided = try #require(approval(outgoing))
        #expect(decided.status == .denied && decided.reason == reason)
        #expect(payment(outgoing)?.decision != .approved)
        #expect(try read(in: harness)?.reason == reason)
    }

    @Test func `a yes to pay the payer is none`() throws {
        let harness = try waiting(.limits(coSign: 50))
        try harness.register(Self.shop, for: PolicyHarness.wallet, order: 5)
        let decided = try #require(approval(try harness.decide("apr_b", recipient: .open)))
        #expect(decided.status == .denied)
        #expect(decided.reason == "The recipient is the payer now.")
    }

    @Test func `R21: a yes meets the categories as they are now`() throws {
        var terms = PolicyTerms.limits(coSign: 50)
        terms.blockedCategories = ["gambling"]
        let harness = try waiting(terms)
        let casino = Destination(kind: .domain, value: "casino.example")
        try harness.register(casino, category: "Gambling")
        #expect(approval(try harness.decide("apr_b"))?.status == .denied)
    }

    private func replace(_ terms: PolicyTerms, in harness: PolicyHarness) throws {
        let request = ReplacePolicy(
            organisation: PolicyHarness.organisation,
            policy: Policy.ID("pol_test"),
            expectedVersion: 1,
            terms: terms
        )
        #expect(try harness.send(.replacePolicy(request)).first?.body is PolicyReply)
    }

    private func read(in harness: PolicyHarness) throws -> ApprovalSnapshot? {
        let question = GetApproval(
            organisation: PolicyHarness.organisation,
            approval: Approval.ID("apr_b")
        )
        return approval(try harness.send(.getApproval(question)))
    }

    @Test func `a yes after the policy got another name is a yes`() throws {
        var terms = PolicyTerms.limits(tx: 60, day: 100, coSign: 50)
        let harness = try waiting(terms)
        terms.name = "Another name"
        try replace(terms, in: harness)
        #expect(approval(try harness.decide("apr_b"))?.status == .approved)
    }

    @Test func `a yes after the policy's rules changed says why it comes too late`() throws {
        let harness = try waiting(.limits(coSign: 50))
        try replace(.limits(tx: 100, coSign: 50), in: harness)
        #expect((try harness.decide("apr_b").last?.body as? RequestRefused)?.code == .conflict)
        let ended = try #require(try read(in: harness))
        #expect(ended.status == .expired)
        #expect(ended.reason == "The policy's rules have changed since.")
    }

    @Test(arguments: [true, false])
    func `what a person says is kept`(isApproved: Bool) throws {
        let harness = try waiting(.limits(coSign: 50))
        let outgoing = try harness.decide("apr_b", isApproved: isApproved, reason: "It is fraud.")
        #expect(approval(outgoing)?.reason == "It is fraud.")
        #expect(try read(in: harness)?.reason == "It is fraud.")
        let long = DecideApproval(
            organisation: PolicyHarness.organisation,
            approval: Approval.ID("apr_b"),
            isApproved: true,
            decidedBy: APIKey.ID("key_1"),
            reason: String(repeating: "x", count: 2001)
        )
        #expect(long.formProblem != nil)
    }

    @Test func `an approval says that its payment failed all the same`() throws {
        let harness = try waiting(.limits(coSign: 50))
        #expect(approval(try harness.decide("apr_b"))?.reason == nil)
        let release = ReleaseAuthorizations(payments: [Payment.ID("tx_b")])
        _ = try harness.send(.releaseAuthorizations(release))
        let ended = try #require(try read(in: harness))
        #expect(ended.status == .approved && ended.reason?.contains("failed") == true)
        _ = try harness.send(.releaseAuthorizations(release))
        #expect(try read(in: harness) == ended)
    }

    @Test func `what nobody decided says so`() throws {
        let harness = try waiting(.limits(coSign: 50))
        harness.now = harness.now.advanced(byMilliseconds: PolicyHarness.day)
        _ = try harness.send(.pulse)
        #expect(try read(in: harness)?.reason == "Nobody decided in time.")
    }

    @Test(arguments: [50, 51] as [Int64])
    func `a simulation and an explanation show the rule that asks for a yes`(
        amount: Int64
    ) throws {
        let harness = try PolicyHarness(.limits(tx: 100, coSign: 50))
        let question = SimulatePayment(
            organisation: PolicyHarness.organisation,
            policy: Policy.ID("pol_test"),
            destination: Destination(kind: .agent, value: "payee"),
            amount: Money(minorUnits: MinorUnits(amount), asset: .usdc)
        )
        let simulated = try harness.send(.simulatePayment(question)).first?.body
        let simulation = try #require(simulated as? PaymentSimulation)
        #expect(simulation.decision == (amount > 50 ? .needsApproval : .approved))
        #expect(simulation.violations.isEmpty)
        #expect(simulation.rules.map(\.rule) == [.currency, .maxPerTx, .requireCoSign])
        #expect(simulation.rules.map(\.passed) == [true, true, amount <= 50])
        _ = try harness.pay("a", amount)
        let why = ExplainPayment(
            organisation: PolicyHarness.organisation,
            payment: Payment.ID("tx_a")
        )
        let explained = try harness.send(.explainPayment(why)).first?.body
        let explanation = try #require(explained as? PaymentExplanation)
        #expect(explanation.rules == simulation.rules)
    }

    @Test func `an explanation shows what windows held, also of a rule that was kept`() throws {
        let harness = try PolicyHarness(.limits(tx: 100, day: 150, month: 500, velocity: 9))
        for (name, amount) in [("a", 60), ("b", 80), ("c", 20)] as [(String, Int64)] {
            _ = try harness.pay(name, amount)
        }
        func used(_ name: String) throws -> [PolicyRule: String] {
            let why = ExplainPayment(
                organisation: PolicyHarness.organisation,
                payment: Payment.ID("tx_" + name)
            )
            let explained = try harness.send(.explainPayment(why)).first?.body
            let rules = try #require(explained as? PaymentExplanation).rules
            return Dictionary(
                uniqueKeysWithValues: rules.compactMap { rule in rule.used.map { (rule.rule, $0) } }
            )
        }
        func shown(_ amount: Int64) -> String {
            Money(minorUnits: MinorUnits(amount), asset: .usdc).text
        }
        #expect(
            try used("a") == [.maxPerDay: shown(0), .maxPerMonth: shown(0), .velocityCap: "0"]
        )
        #expect(
            try used("b") == [.maxPerDay: shown(60), .maxPerMonth: shown(60), .velocityCap: "1"]
        )
        // Denied by its day: what the rules that it kept held is shown all the same.
        #expect(
            try used("c") == [.maxPerDay: shown(140), .maxPerMonth: shown(140), .velocityCap: "2"]
        )
        _ = try harness.pay("d", 5)
        #expect(
            try used("b") == [.maxPerDay: shown(60), .maxPerMonth: shown(60), .velocityCap: "1"]
        )
    }

    @Test func `a yes after the policy's end is a no`() throws {
        var terms = PolicyTerms.limits(coSign: 50)
        terms.expiry = Timestamp(milliseconds: 1_800_000_001_000)
        let harness = try waiting(terms)
        harness.now = Timestamp(milliseconds: 1_800_000_001_000)
        let decided = approval(try harness.decide("apr_b"))
        #expect(decided?.violations?.map(\.rule) == [.expiry])
    }

    @Test(arguments: [WalletSnapshot.Status.frozen, .closed])
    func `R20: a yes for a wallet that is not active is a no`(
        status: WalletSnapshot.Status
    ) throws {
        let harness = try waiting(.limits(day: 100, coSign: 50))
        let outgoing = try harness.decide("apr_b", status: status)
        #expect(approval(outgoing)?.status == .denied)
        #expect(approval(outgoing)?.reason?.contains(status.rawValue) == true)
        #expect(
            payment(outgoing)?.decision
                == .notApproved(approval: Approval.ID("apr_b"), status: .denied)
        )
        #expect(try harness.pay("c", 50) == .approved)
        #expect(try harness.pay("d", 50) == .approved)
    }

    @Test func `stranger 9: the key that asked does not say yes, another may`() throws {
        let harness = try waiting(.limits(coSign: 50), requester: "key_1")
        let refused = try harness.decide("apr_b", by: "key_1")
        #expect((refused.first?.body as? RequestRefused)?.code == .forbidden)
        #expect(refused.count == 1)
        #expect(approval(try harness.decide("apr_b", by: "key_2"))?.status == .approved)
        let other = try waiting(.limits(coSign: 50), requester: "key_1")
        let no = try other.decide("apr_b", isApproved: false, by: "key_1")
        #expect(approval(no)?.status == .denied)
    }

    @Test func `review 17: what was given back is decided anew, and reserved anew`() throws {
        let harness = try PolicyHarness(.limits(day: 100))
        let release = ReleaseAuthorizations(payments: [Payment.ID("tx_a")])
        #expect(try harness.pay("a", 60) == .approved)
        _ = try harness.send(.releaseAuthorizations(release))
        #expect(try harness.pay("b", 50) == .approved)
        #expect(harness.rules(try harness.pay("a", 60)) == [.maxPerDay])
        #expect(harness.rules(try harness.pay("a", 60)) == [.maxPerDay])
        let again = try PolicyHarness(.limits(day: 100))
        #expect(try again.pay("a", 60) == .approved)
        _ = try again.send(.releaseAuthorizations(release))
        let outgoing = try again.send(
            .authorizePayments(AuthorizePayments(payments: [again.order("a", 60)]))
        )
        #expect(outgoing.map(\.route) == [.outbox(.settlement)])
        #expect(harness.rules(try again.pay("c", 41)) == [.maxPerDay])
        _ = try again.send(.releaseAuthorizations(release))
        #expect(try again.pay("d", 100) == .approved)
    }

    @Test func `review 17: a yes is used once, also when its payment was given back`() throws {
        let harness = try waiting(.limits(day: 100, coSign: 50))
        #expect(approval(try harness.decide("apr_b"))?.status == .approved)
        _ = try harness.send(
            .releaseAuthorizations(ReleaseAuthorizations(payments: [Payment.ID("tx_b")]))
        )
        let again = try harness.pay("b", 60, to: Self.shop)
        #expect(again == .notApproved(approval: Approval.ID("apr_b"), status: .expired))
    }
}
