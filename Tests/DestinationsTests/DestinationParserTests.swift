import Contracts
import Destinations
import Testing

@Suite("The parser of destinations") struct DestinationParserTests {
    @Test(arguments: [
        ("wal_9f3a2b", Destination.Kind.wallet, "wal_9f3a2b"),
        ("agent_research_v2", .agent, "agent_research_v2"),
        ("API.Perplexity.ai", .domain, "api.perplexity.ai"),
        ("11111111111111111111111111111111", .solana, "11111111111111111111111111111111"),
        (
            "TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA", .solana,
            "TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA"
        ),
        ("+27821231234", .phone, "27821231234"),
        ("4915112345678", .phone, "4915112345678"),
        (
            "C6D0C728-2624-429B-8E0D-D9D19B6592FA", .mixinUser,
            "c6d0c728-2624-429b-8e0d-d9d19b6592fa"
        ),
        ("Alice@Example.com", .lightningAddress, "alice@example.com"),
        ("Bücher.Example", .domain, "xn--bcher-kva.example"),
        ("xn--bcher-kva.example", .domain, "xn--bcher-kva.example"),
        ("anna@bücher.example", .lightningAddress, "anna@xn--bcher-kva.example"),
        ("lnbc-agent", .agent, "lnbc-agent"), ("agent:shop.example", .agent, "shop.example"),
        ("AGENT:wal_v", .agent, "wal_v"), ("agent:27821231234", .agent, "27821231234"),
        ("shop.example.", .domain, "shop.example"),
        ("lightning:alice@example.com", .lightningAddress, "alice@example.com"),
        (
            "1RustyRX2oai4EYYDpQGWvEL62BBGqN9T", .bitcoin, "1RustyRX2oai4EYYDpQGWvEL62BBGqN9T"
        ),
    ])
    func `a text means one thing`(text: String, kind: Destination.Kind, value: String) throws {
        #expect(try DestinationParser.parse(text) == Destination(kind: kind, value: value))
    }

    @Test(arguments: [
        "", "two words", "wal_", "wal_ü", "a@b", "@example.com", "täg", "a/b", "x\u{7F}", "lno1",
        "lnbc1", "ark1q", "WAL_9f3a2b", "wal_9F", "GRP_1", "tx_1", "Pol_1", "pay_1", "12345",
        "2782123", "agent:", "agent:a b", "agent:agent:a",
        "1RustyRX2oai4EYYDpQGWvEL62BBGqN9S", "lightning:", "+ lno1",
    ])
    func `a text that means nothing is refused with a reason`(text: String) {
        #expect(throws: DestinationProblem.self) { try DestinationParser.parse(text) }
    }

    @Test(arguments: [
        "wal_v", "WAL_V", "grp_1", "tx_1", "pay_1", "pol_1", "org_1", "escrow_1", "apr_1", "evt_1",
        "whe_1", "req_1", "rel_1", "27821231234", "1", "", "two words",
        String(repeating: "a", count: 65),
    ])
    func `F4, O7: a new agent has no name of another kind`(name: String) {
        #expect(AgentName.problem(name) != nil)
    }

    @Test(arguments: ["bob", "wal", "a1", "shop.example", String(repeating: "a", count: 64)])
    func `other names are good`(name: String) throws {
        #expect(AgentName.problem(name) == nil)
        let agent = Destination(kind: .agent, value: name)
        #expect(try DestinationParser.parse(agent.text) == agent)
    }

    /// Such a URL is asked for otherwise than it is written, so that lists would compare in vain.
    @Test(arguments: [
        "https://pay.example/.well-known/lnurlp/bob#x", "https://pay.example/#",
        "https://pay.example/./.well-known/lnurlp/bob", "https://pay.example/a/../b",
        "https://pay.example/a/%2e%2E/b", "https://pay.example/a/..",
        "https://pay.example/a/..%2fb",
        "https://pay.example/a/..;/b", "https://pay.example/a\\b", "https://pay.example\\a",
        "https://pay.example:/a", "https://pay.example:0443/a", "https://pay.example:x/a",
        "https://pay.example:65536/a", "https://pay.example:443:443/a", "https://pay%2eexample/a",
        "https://a_b.pay.example/a", "https://pay..example/a", "https://pay.example../a",
        "https://-pay.example/a", "https://:443/a", "https:///a", "https://u@pay.example/a",
        "https://pay.example/%", "https://pay.example/%6", "https://pay.example/?%zz",
        "https://[::1/a", "https://[::1]x/a", "https://[pay.example]/a", "http://pay.example/a",
        "ftp://pay.example/a", "pay.example/a",
    ])
    func `R23: an LNURL has one plain URL`(url: String) {
        let lnurl = Bech32(
            prefix: "lnurl",
            values: FiveBits.values(of: url.utf8),
            variant: .bech32
        ).text
        #expect(throws: DestinationProblem.self) { try DestinationParser.parse(lnurl) }
        #expect(throws: DestinationProblem.self) { try PaymentURL.check(url) }
    }

    @Test(arguments: [
        "https://pay.example", "https://pay.example./a?b=c/../d", "https://PAY.Example:8443/a%20b",
        "http://127.0.0.1:8080/a", "http://[::1]:8080/a", "http://localhost:1/a",
        "https://inside/a",
        "http://abcdefgh.onion/a", "https://pay.example/.well-known/lnurlp/bob",
        "https://pay.example/a..b/...", "https://203.0.113.5/a",
    ])
    func `other URLs can be asked`(url: String) throws {
        try PaymentURL.check(url)
    }

    @Test func `a text is bounded`() {
        let text = String(repeating: "a", count: DestinationParser.maximumByteCount + 1)
        #expect(throws: DestinationProblem.self) { try DestinationParser.parse(text) }
    }

    /// R11: bech32's checksum does not see a `q` that is inserted before a last `p`.
    @Test func `R11: an LNURL with more q before its last p never means the same URL`() throws {
        var found = 0
        for number in 0..<400 {
            let url = "https://pay.example/\(number)"
            let text = Bech32(
                prefix: "lnurl",
                values: FiveBits.values(of: Array(url.utf8)),
                variant: .bech32
            ).text
            guard text.hasSuffix("p") else { continue }
            found += 1
            #expect(try DestinationParser.decode(text).content == .paymentURL(url))
            for count in 1...8 {
                let longer = text.dropLast() + String(repeating: "q", count: count) + "p"
                let decoded = try? DestinationParser.decode(String(longer))
                #expect(decoded?.content != .paymentURL(url), "\(longer)")
            }
        }
        #expect(found > 3)
    }
}
