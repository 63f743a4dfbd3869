import Contracts
import Destinations
import Messaging
import PolicyCore
import SQLiteStorage
import Storage
import Testing

/// Lists of recipients and categories: what is blocked is blocked in every spelling.
@Suite("The lists of a policy") struct ListTests {
    private static let uuid = "c6d0c728-2624-429b-8e0d-d9d19b6592fa"

    private func harness(
        blocked: [String] = [],
        allowed: [String] = [],
        categories: [String] = []
    ) throws -> PolicyHarness {
        var terms = PolicyTerms.limits()
        terms.blockedRecipients = blocked
        terms.allowedRecipients = allowed
        terms.blockedCategories = categories
        return try PolicyHarness(terms)
    }

    private func pay(_ harness: PolicyHarness, _ text: String) throws -> [PolicyRule] {
        harness.rules(try harness.pay(text, 1, to: try DestinationParser.parse(text)))
    }

    @Test(arguments: [
        ("+27821239876", "27821239876"), ("27821239876", "+27821239876"),
        ("b\u{FC}cher.example", "xn--bcher-kva.example"),
        ("xn--bcher-kva.example", "B\u{FC}cher.Example"),
        (uuid.uppercased(), uuid), (uuid, uuid.uppercased()),
        ("lightning:bob@pay.example.com", "bob@pay.example.com"),
        ("Shop.Example.", "shop.example"), ("shop.example", "SHOP.EXAMPLE."),
        ("pay.example.com", "bob@pay.example.com"), ("*.example.com", "bob@pay.example.com"),
        ("*.EXAMPLE.com.", "shop.example.com"), ("agent:Bob", "bob"), ("bob", "agent:BOB"),
    ])
    func `R23, F8, review 8: a block holds in every spelling`(entry: String, paid: String) throws {
        #expect(try pay(try harness(blocked: [entry]), paid) == [.blockedRecipients])
    }

    @Test(arguments: [
        " shop.example", "shop.example ", "*", "*.", "*.com", "WAL_01ABC", "wal_01ABC", "Grp_x",
        "shop.example:443", "shop.example/pay", "https://shop.example", "bitcoin:shop.example",
        "278212", "+2782", "tx_1", "agent:", "lnbc1x", "", "a b", "*shop.example",
        "*.*.example.com",
    ])
    func `R23: what is neither a destination nor a star before a domain is refused`(
        entry: String
    ) throws {
        let harness = try harness()
        for isBlocking in [true, false] {
            var terms = PolicyTerms.limits()
            if isBlocking {
                terms.blockedRecipients = [entry]
            } else {
                terms.allowedRecipients = [entry]
            }
            let outgoing = try harness.send(
                .createPolicy(
                    CreatePolicy(
                        organisation: PolicyHarness.organisation,
                        policy: Policy.ID("pol_other"),
                        terms: terms
                    )
                )
            )
            #expect((outgoing.first?.body as? RequestRefused)?.code == .invalidRequest)
        }
    }

    @Test func `entries are kept in their canonical form, once each`() throws {
        let harness = try harness()
        var terms = PolicyTerms.limits()
        terms.allowedRecipients = [
            "+27821239876", "27821239876", "*.B\u{FC}cher.Example", "agent:bob",
            "agent:shop.example",
        ]
        terms.blockedCategories = [" Gambling", "GAMBLING"]
        let create = CreatePolicy(
            organisation: PolicyHarness.organisation,
            policy: Policy.ID("pol_other"),
            terms: terms
        )
        let reply = try harness.send(.createPolicy(create)).first?.body as? PolicyReply
        #expect(
            reply?.policy.terms.allowedRecipients == [
                "27821239876", "*.xn--bcher-kva.example", "bob", "agent:shop.example",
            ]
        )
        #expect(reply?.policy.terms.blockedCategories == ["gambling"])
        #expect(try harness.send(.createPolicy(create)).first?.body is PolicyReply)
    }

    @Test func `F4, O7: a name passes for nothing but an agent's name`() throws {
        let harness = try harness(allowed: ["shop.example", "wal_v"])
        for (index, name) in ["shop.example", "wal_v", "SHOP.example"].enumerated() {
            let wallet = Wallet.ID("wal_other\(index)")
            try harness.bind(wallet, agent: name)
            let rules = try [
                Destination(kind: .wallet, value: wallet.rawValue),
                Destination(kind: .agent, value: name),
            ].map { harness.rules(try harness.pay("\(index)\($0.kind)", 1, to: $0)) }
            #expect(rules == [[.allowedRecipients], [.allowedRecipients]])
        }
        #expect(try pay(harness, "shop.example").isEmpty)
    }

    /// R5: a text that is blocked is blocked, whatever a dialect takes it for.
    @Test(arguments: [
        ("Shop2.Example", "shop2.example"), (uuid, uuid), (uuid.uppercased(), uuid),
        ("11111111111111111111111111111111", "11111111111111111111111111111111"),
    ])
    func `an agent whose name reads as a blocked text is blocked`(
        name: String,
        entry: String
    ) throws {
        let harness = try harness(blocked: [entry])
        let wallet = Wallet.ID("wal_other")
        try harness.bind(wallet, agent: name)
        for destination in [
            Destination(kind: .agent, value: name),
            Destination(kind: .wallet, value: wallet.rawValue),
        ] {
            let decision = try harness.pay("\(destination.kind)", 1, to: destination)
            #expect(harness.rules(decision) == [.blockedRecipients])
        }
    }

    /// R18: what is stored and shown says who is paid.
    @Test(arguments: ["nobody.example", "wal_other", "agent:wal_payee", "not one", ""])
    func `an order whose text means somebody else is refused`(text: String) throws {
        let harness = try PolicyHarness(.limits())
        var order = harness.order("a", 1)
        order.recipient = text
        let answer = try harness.send(.authorizePayments(AuthorizePayments(payments: [order])))
        let outcomes = answer.compactMap { $0.body as? PaymentOutcomes }.flatMap(\.outcomes)
        #expect(outcomes.map(\.refusal?.code) == [.invalidRequest])
    }

    @Test func `who is allowed by an agent's name is that agent, in its case`() throws {
        let harness = try harness(allowed: ["Bob"])
        #expect(try pay(harness, "bob") == [.allowedRecipients])
        #expect(try pay(harness, "agent:Bob").isEmpty)
    }

    @Test func `an LNURL and a Lightning address of one URL are one recipient`() throws {
        // https://example.com/.well-known/lnurlp/bob
        let address = try DestinationParser.parse("bob@example.com")
        let url = "https://example.com/.well-known/lnurlp/bob"
        let lnurl = Samples.lnurl(url)
        let harness = try harness(blocked: [lnurl.value])
        #expect(harness.rules(try harness.pay("a", 1, to: address)) == [.blockedRecipients])
        for entry in ["bob@example.com", "example.com"] {
            let other = try self.harness(blocked: [entry])
            #expect(other.rules(try other.pay("a", 1, to: lnurl)) == [.blockedRecipients])
        }
    }

    /// Whoever answers for bob@pay.example answers to each of these.
    @Test(arguments: [
        "https://pay.example/.well-known/lnurlp/bob",
        "https://pay.example/.well-known/lnurlp/%62ob",
        "https://pay.example/.well-known/lnurlp/%62%6F%62",
        "HTTPS://PAY.Example:443/.well-known/lnurlp/bob",
        "https://pay.example./.well-known/lnurlp/bob",
        "https://pay.example/.well-known/lnurlp/bob?x=1",
        "https://pay.example/.well-known/lnurlp/bob?", "https://pay.example/.well-known/lnurlp/BOB",
        "https://pay.example/.well-known/lnurlp/bob/",
        "https://pay.example//.well-known//lnurlp/bob",
        "https://pay.example/%2Ewell-known/lnurlp/bob",
        "https://pay.example/.well-known/lnurl%70/bob",
        "https://pay.example/.well-known%2flnurlp%2Fbob",
        "https://pay.example/.well-known/lnurlp/bob;v=1",
        "https://pay.example/.well-known/lnurlp/%2562ob",
        "https://pay.example:8443/.well-known/lnurlp/bob",
        "https://pay.example/.well-known/lnurlp/bob+tip",
        "https://pay.example/.well-known/lnurlp/bob%2Btip",
    ])
    func `R23, review 8: a blocked Lightning address is blocked as each of its LNURLs`(
        url: String
    ) throws {
        let lnurl = Samples.lnurl(url)
        #expect(lnurl.problem == nil, "it could be paid")
        for entry in ["bob@pay.example", "pay.example"] {
            let harness = try harness(blocked: [entry])
            #expect(harness.rules(try harness.pay("a", 1, to: lnurl)) == [.blockedRecipients])
        }
        let other = try harness(blocked: ["rob@pay.example"])
        #expect(other.rules(try other.pay("a", 1, to: lnurl)).isEmpty)
        if !url.contains("tip") {
            let reverse = try harness(blocked: [lnurl.value])
            #expect(try pay(reverse, "bob@pay.example") == [.blockedRecipients])
        }
    }

    @Test func `a tag in a Lightning address leads around no block, and blocks nobody else`() throws
    {
        let harness = try harness(blocked: ["bob@pay.example", "eve+tip@pay.example"])
        #expect(try pay(harness, "bob+tip@pay.example") == [.blockedRecipients])
        #expect(try pay(harness, "eve+tip@pay.example") == [.blockedRecipients])
        #expect(try pay(harness, "eve@pay.example").isEmpty)
    }

    @Test(arguments: [
        ("https://pay.example/lnurl/a", "https://pay.example/%6Cnurl/%61"),
        ("https://pay.example/lnurl?id=a", "https://PAY.example:443/lnurl?id=%61"),
        ("https://pay.example/a%2fb", "https://pay.example/a/b"),
        ("https://pay.example", "https://pay.example/?"),
    ])
    func `R23: a blocked LNURL is blocked in every spelling of its URL`(
        one: String,
        other: String
    ) throws {
        for (entry, paid) in [(one, other), (other, one)] {
            let harness = try harness(blocked: [Samples.lnurl(entry).value])
            let rules = harness.rules(try harness.pay("a", 1, to: Samples.lnurl(paid)))
            #expect(rules == [.blockedRecipients])
        }
    }

    @Test(arguments: [
        ("https://pay.example/.well-known/lnurlp/bob", true),
        ("https://PAY.example:443/.well-known/lnurlp/%62ob", true),
        ("https://pay.example:8443/.well-known/lnurlp/bob", false),
        ("https://pay.example/.well-known/lnurlp/bob?to=eve", false),
        ("https://pay.example/.well-known/lnurlp/BOB", false),
    ])
    func `an allowed Lightning address allows the URL that it stands for, and no likeness`(
        url: String,
        isAllowed: Bool
    ) throws {
        let harness = try harness(allowed: ["bob@pay.example"])
        let rules = harness.rules(try harness.pay("a", 1, to: Samples.lnurl(url)))
        #expect(rules == (isAllowed ? [] : [.allowedRecipients]))
        #expect(try pay(harness, "bob+tip@pay.example") == [.allowedRecipients])
    }

    @Test(arguments: [
        "Gambling", "gambling ", "  GAMBLING", "\u{FF27}\u{FF41}mbling",
    ])
    func `F16, O11: a category has one spelling`(spelling: String) throws {
        let casino = Destination(kind: .domain, value: "casino.example")
        let one = try harness(categories: [spelling])
        try one.register(casino, category: "gambling")
        #expect(try pay(one, "casino.example") == [.blockedCategories])
        let other = try harness(categories: ["gambling"])
        try other.register(casino, category: spelling)
        #expect(try pay(other, "casino.example") == [.blockedCategories])
    }

    @Test func `composed and decomposed letters are one category`() throws {
        let harness = try harness(categories: ["caf\u{E9}"])
        let cafe = Destination(kind: .domain, value: "cafe.example")
        try harness.register(cafe, category: "Cafe\u{301}")
        #expect(try pay(harness, "cafe.example") == [.blockedCategories])
    }

    @Test func `old entries that mean nothing still block what they say, and allow nobody`() throws
    {
        let harness = try harness()
        func store(_ terms: String) throws {
            try harness.database.write { transaction throws(StorageError) in
                _ = try transaction.execute(
                    "UPDATE policy SET terms = \(terms), edition = 1 WHERE id = 'pol_test'"
                )
            }
        }
        func terms(_ blocked: String, _ allowed: String) -> String {
            #"{"name":"Old","currency":"USDC","limits":[],"allowedRecipients":[\#(allowed)],"#
                + #""blockedRecipients":[\#(blocked)],"blockedCategories":[" Gambling"]}"#
        }
        try store(terms(#"" +27821239876", "12345", "shop.example""#, ""))
        #expect(try pay(harness, "27821239876") == [.blockedRecipients])
        #expect(try pay(harness, "agent:shop.example") == [.blockedRecipients])
        #expect(try pay(harness, "shop.example") == [.blockedRecipients])
        let odd = Destination(kind: .agent, value: "12345")
        #expect(harness.rules(try harness.pay("odd", 1, to: odd)) == [.blockedRecipients])
        try store(terms("", #""12345""#))
        #expect(harness.rules(try harness.pay("even", 1, to: odd)) == [.allowedRecipients])
        try harness.register(
            Destination(kind: .domain, value: "casino.example"),
            category: "GAMBLING"
        )
        #expect(try pay(harness, "casino.example") == [.blockedCategories, .allowedRecipients])
    }

    @Test func `a simulation compares what a payment does`() throws {
        let harness = try harness(blocked: ["+27821239876"])
        let outgoing = try harness.send(
            .simulatePayment(
                SimulatePayment(
                    organisation: PolicyHarness.organisation,
                    policy: Policy.ID("pol_test"),
                    destination: try DestinationParser.parse("27821239876"),
                    amount: Money(minorUnits: 1, asset: .usdc)
                )
            )
        )
        #expect((outgoing.first?.body as? PaymentSimulation)?.decision == .denied)
    }

    @Test func `a repeated creation of a wallet changes no name and no policy`() throws {
        let harness = try harness(blocked: ["wal_other"])
        let other = Wallet.ID("wal_other")
        try harness.bind(other, agent: "other")
        try harness.register(Destination(kind: .agent, value: "other"))
        try harness.bind(other, agent: "other")
        #expect(try pay(harness, "other").isEmpty)
    }
}
