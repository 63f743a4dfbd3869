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
        ("lnbc-agent", .agent, "lnbc-agent"),
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
        "lnbc1", "ark1q",
        "1RustyRX2oai4EYYDpQGWvEL62BBGqN9S", "lightning:", "+ lno1",
    ])
    func `a text that means nothing is refused with a reason`(text: String) {
        #expect(throws: DestinationProblem.self) { try DestinationParser.parse(text) }
    }

    @Test func `a text is bounded`() {
        let text = String(repeating: "a", count: DestinationParser.maximumByteCount + 1)
        #expect(throws: DestinationProblem.self) { try DestinationParser.parse(text) }
    }
}
