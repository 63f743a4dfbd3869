import Foundation
import Testing
import Webhooks

/// URLs of other people's servers.
@Suite struct `URLs of servers` {
    private static let good = [
        "https://a", "http://example.com", "https://example.com:8443/hook?x=1#y",
        "http://127.0.0.1:80", "https://a?b", "https://A-1.b./~*'()",
    ]
    private static let bad = [
        "", "https://", "ftp://a", "https://X*", "https://a b", "https://user@a", "https://a:b",
        "https://a:", "https://a:123456", "https://[::1", "https://[]",
        "HTTPS://a",
        "https://a#b", "https://é", "https://a/\u{7F}", "https:///a", " https://a", "https://a\n",
        "https://\(String(repeating: "a", count: 254))", "//a", "https://a/é",
    ]

    @Test(arguments: good) func `a plain one is taken`(url: String) {
        #expect(ServerURL.isValid(url))
    }

    @Test(
        arguments: [
            ("https://a", "a"), ("http://127.1:80/x?y", "127.1"), ("https://[::1]:8443/", "::1"),
            ("https://example.com?a:b", "example.com"), ("ftp://a", nil), ("https://user@a", nil),
        ] as [(String, String?)]
    )
    func `the host is known`(url: String, host: String?) {
        #expect(ServerURL.host(of: url) == host)
    }

    @Test(arguments: bad) func `another text is refused`(url: String) {
        #expect(!ServerURL.isValid(url))
    }

    @Test(
        arguments: [
            ("[::1]", true), ("[::]", true), ("[2001:db8::1]:8443/a", true),
            ("[1:2:3:4:5:6:7:8]", true), ("[1:2:3:4:5:6:7]", false), ("[1::2::3]", false),
            ("[7F6C87121d]", false), ("[12345::]", false), ("[g::]", false), ("[]", false),
            ("[::1", false), ("[::1]x", false), ("[1:2:3:4:5:6:7:8::]", false), ("[:::]", false),
        ] as [(String, Bool)]
    )
    func `an IPv6 address is taken when it is one`(rest: String, isTaken: Bool) {
        #expect(ServerURL.isValid("https://" + rest) == isTaken)
    }

    @Test func `the published pattern says the same`() throws {
        let pattern = try NSRegularExpression(pattern: ServerURL.pattern)
        for url in Self.good + Self.bad where !url.hasSuffix("\n") {
            let range = NSRange(url.startIndex..., in: url)
            let matches = pattern.firstMatch(in: url, range: range) != nil
            #expect(matches == ServerURL.isValid(url), "\(url)")
        }
        #expect(ServerURL.isValid("https://a/" + String(repeating: "b", count: 1990)))
        #expect(!ServerURL.isValid("https://a/" + String(repeating: "b", count: 1991)))
    }
}
