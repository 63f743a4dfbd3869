/// Where an invoice is asked for (LUD-06): what an LNURL or a Lightning address stands for.
public enum PaymentURL {
    /// Reads an LNURL: a URL in bech32 (LUD-01).
    ///
    /// Clear names are asked over `https`; `http` is for hidden services and for addresses of this
    /// machine and of inside networks, which the port that fetches guards.
    ///
    /// - Throws: What is wrong with it.
    static func url(lnurl text: some Collection<UInt8>) throws(DestinationProblem) -> String {
        let decoded = try Bech32(parsing: text, limit: nil)
        guard decoded.prefix == "lnurl", decoded.variant == .bech32 else {
            throw DestinationProblem("It begins like no LNURL, or has another checksum.")
        }
        guard let bytes = FiveBits.bytes(of: decoded.values),
            let url = String(validating: bytes, as: UTF8.self),
            bytes.allSatisfy({ (0x21...0x7E).contains($0) })
        else { throw DestinationProblem("It holds no URL.") }
        try check(url)
        return url
    }

    /// Refuses a URL that must not be asked: another scheme, a user, or a clear name over `http`;
    /// and one that is spelled so that another URL is asked than is written.
    ///
    /// - Throws: What is wrong with it.
    public static func check(_ url: String) throws(DestinationProblem) {
        let parts = PaymentURLParts(url)
        guard let parts, parts.scheme == "https" || parts.scheme == "http" else {
            throw DestinationProblem("It holds no URL of https or http.")
        }
        guard !parts.authority.isEmpty, !parts.authority.utf8.contains(UInt8(ascii: "@")) else {
            throw DestinationProblem("Its URL has no host, or a user.")
        }
        guard let host = parts.host, isHost(host), parts.hasPlainPort else {
            throw DestinationProblem("Its URL's host is no name or address, or its port no number.")
        }
        guard parts.scheme == "https" || mayBeClear(host) else {
            throw DestinationProblem("Its URL must be one of https.")
        }
        guard !url.utf8.contains(UInt8(ascii: "#")) else {
            throw DestinationProblem("Its URL has a fragment, which is never sent.")
        }
        guard !url.utf8.contains(UInt8(ascii: "\\")), PercentCoding.isWellFormed(parts.path),
            PercentCoding.isWellFormed(parts.query)
        else {
            throw DestinationProblem("Its URL has a backslash, or a % without two digits.")
        }
        guard !parts.steps.contains(where: { $0 == "." || $0 == ".." }) else {
            throw DestinationProblem("Its URL has . or .. as a path segment.")
        }
    }

    /// Where a Lightning address is asked (LUD-16).
    public static func url(lightningAddress text: String) -> String {
        let name = text.prefix { $0 != "@" }
        let domain = text.dropFirst(name.count + 1)
        let scheme = domain.hasSuffix(".onion") ? "http" : "https"
        return "\(scheme)://\(domain)/.well-known/lnurlp/\(name)"
    }

    /// Whether a host is an address, one label, or a domain that a list can name.
    private static func isHost(_ host: String) -> Bool {
        if host.hasPrefix("[") { return true }
        let name = host.hasSuffix(".") ? String(host.dropLast()) : host
        if name.hasSuffix(".") { return false }
        if isNumeric(name) { return true }
        guard name.utf8.contains(UInt8(ascii: ".")) else {
            return !name.isEmpty
                && name.utf8.allSatisfy { $0 == UInt8(ascii: "-") || isLetterOrDigit($0) }
        }
        return (try? DestinationParser.domainName(of: name)) != nil
    }

    /// Whether a host may be asked without encryption.
    private static func mayBeClear(_ host: String) -> Bool {
        host.hasPrefix("[") || host.hasSuffix(".onion") || host == "localhost" || isNumeric(host)
    }

    private static func isNumeric(_ host: String) -> Bool {
        host.utf8.allSatisfy { (48...57).contains($0) || $0 == UInt8(ascii: ".") }
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
    }
}
