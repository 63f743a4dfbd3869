import Contracts
import Destinations
import Messaging
import PolicyCore
import Storage
import Testing

@Suite("The rules of a policy") struct RuleTests {
    @Test func `limits are inclusive`() throws {
        let harness = try PolicyHarness(.limits(tx: 500, day: 800))
        #expect(try harness.pay("a", 500) == .approved)
        #expect(harness.rules(try harness.pay("b", 501)) == [.maxPerTx, .maxPerDay])
        #expect(try harness.pay("c", 300) == .approved)
        #expect(harness.rules(try harness.pay("d", 1)) == [.maxPerDay])
    }

    @Test func `all violated rules are reported, in order, with their numbers`() throws {
        var terms = PolicyTerms.limits(tx: 1_000_000, day: 2_000_000, month: 2_000_000, velocity: 1)
        terms.blockedRecipients = ["wal_payee"]
        terms.allowedRecipients = ["*.example.com"]
        let harness = try PolicyHarness(terms)
        let decision = try harness.pay("a", 3_000_000)
        #expect(
            harness.rules(decision) == [
                .blockedRecipients, .allowedRecipients, .maxPerTx, .maxPerDay, .maxPerMonth,
            ]
        )
        guard case .denied(let violations) = decision else { return }
        let perTx = try #require(violations.first { $0.rule == .maxPerTx })
        #expect(perTx.limit == "1.00")
        #expect(perTx.attempted == "3.00")
    }

    @Test func `what a denial says is short, whatever its lists and its recipient are`() throws {
        // review 2: 66 entries of 200 characters with 600 bytes each made 40 KB in every denial.
        var terms = PolicyTerms.limits()
        let label = String(repeating: "a", count: 60)
        terms.allowedRecipients = (0..<66).map { "\(label)\($0).\(label).\(label).example" }
        terms.blockedCategories = (0..<66).map { "\(label)\($0)" }
        let harness = try PolicyHarness(terms)
        let part = String(repeating: "é", count: 50) + "."
        let written = String(repeating: part, count: 4) + "example"
        var order = harness.order("a", 1, to: try DestinationParser.parse(written))
        order.recipient = written
        let sent = try harness.send(.authorizePayments(AuthorizePayments(payments: [order])))
        let decided = sent.compactMap { $0.body as? ExecutePayments }.first?.payments.first
        guard case .denied(let violations)? = decided?.decision else {
            Issue.record("the domain is not on the list")
            return
        }
        for violation in violations {
            #expect(violation.limit.utf8.count <= 200)
            #expect(violation.attempted.utf8.count <= 200)
            #expect(violation.attempted.hasSuffix("é…"))
        }
    }

    @Test func `R19: the day rolls exactly`() throws {
        let harness = try PolicyHarness(.limits(day: 100))
        let start = harness.now
        #expect(try harness.pay("a", 60) == .approved)
        harness.now = start.advanced(byMilliseconds: 1000)
        #expect(try harness.pay("b", 40) == .approved)
        harness.now = start.advanced(byMilliseconds: PolicyHarness.day - 1)
        guard case .denied(let violations) = try harness.pay("c", 50) else {
            Issue.record("the first payment has not left the window yet")
            return
        }
        #expect(violations[0].freesAt == start.advanced(byMilliseconds: PolicyHarness.day))
        harness.now = start.advanced(byMilliseconds: PolicyHarness.day)
        #expect(try harness.pay("d", 60) == .approved)
        #expect(harness.rules(try harness.pay("e", 1)) == [.maxPerDay])
    }

    @Test func `R19: the hour counts payments of all assets`() throws {
        let harness = try PolicyHarness(.limits(velocity: 2))
        let start = harness.now
        #expect(try harness.pay("a", 1) == .approved)
        #expect(try harness.pay("b", 1) == .approved)
        #expect(harness.rules(try harness.pay("c", 1)) == [.velocityCap])
        harness.now = start.advanced(byMilliseconds: PolicyHarness.hour)
        #expect(try harness.pay("d", 1) == .approved)
    }

    @Test func `R19: the month is the calendar's`() throws {
        let harness = try PolicyHarness(.limits(month: 100))
        #expect(try harness.pay("a", 100) == .approved)
        #expect(harness.rules(try harness.pay("b", 1)) == [.maxPerMonth])
        harness.now = harness.now.startOfNextMonth
        #expect(try harness.pay("c", 100) == .approved)
    }

    @Test func `from its expiry on a policy allows nothing and freezes its wallets once`() throws {
        var terms = PolicyTerms.limits(tx: 100)
        terms.expiry = Timestamp(milliseconds: 1_800_000_001_000)
        let harness = try PolicyHarness(terms)
        #expect(try harness.pay("a", 1) == .approved)
        harness.now = Timestamp(milliseconds: 1_800_000_001_000)
        #expect(harness.rules(try harness.pay("b", 1)) == [.expiry])
        let first = try harness.send(.pulse)
        #expect(first.contains { ($0.body as? FreezeWallets)?.wallets.count == 2 })
        #expect(try harness.send(.pulse).isEmpty)
    }

    @Test(arguments: [
        Destination(kind: .wallet, value: "wal_payee"), Destination(kind: .agent, value: "payee"),
        Destination(kind: .solana, value: PolicyHarness.address),
    ])
    func `an alias gets around no block`(destination: Destination) throws {
        for name in ["wal_payee", "payee", PolicyHarness.address] {
            var terms = PolicyTerms.limits()
            terms.blockedRecipients = [name]
            let harness = try PolicyHarness(terms)
            #expect(harness.rules(try harness.pay("a", 1, to: destination)) == [.blockedRecipients])
        }
    }

    @Test func `a star names the domains below, not the domain itself`() throws {
        var terms = PolicyTerms.limits()
        terms.allowedRecipients = ["*.example.com"]
        let harness = try PolicyHarness(terms)
        func decision(_ domain: String) throws -> [PolicyRule] {
            let id = String(domain.map { $0 == "." ? "-" : $0 })
            let destination = Destination(kind: .domain, value: domain)
            return harness.rules(try harness.pay(id, 1, to: destination))
        }
        #expect(try decision("api.example.com").isEmpty)
        #expect(try decision("example.com") == [.allowedRecipients])
        #expect(try decision("badexample.com") == [.allowedRecipients])
    }

    @Test func `a category of any entry of the wallet blocks it`() throws {
        var terms = PolicyTerms.limits()
        terms.blockedCategories = ["gambling"]
        let harness = try PolicyHarness(terms)
        #expect(try harness.pay("a", 1) == .approved)
        let casino = Destination(kind: .domain, value: "casino.example")
        try harness.register(casino, category: "gambling")
        #expect(harness.rules(try harness.pay("b", 1)) == [.blockedCategories])
    }
}
