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

    /// Refuses a URL that must not be asked: another scheme, a user, or a clear name over `http`.
    ///
    /// - Throws: What is wrong with it.
    public static func check(_ url: String) throws(DestinationProblem) {
        let scheme = url.prefix { $0 != ":" }.lowercased()
        let rest = url.dropFirst(scheme.count)
        guard rest.hasPrefix("://"), scheme == "https" || scheme == "http" else {
            throw DestinationProblem("It holds no URL of https or http.")
        }
        let authority = rest.dropFirst(3).prefix { !"/?#".contains($0) }
        guard !authority.isEmpty, !authority.contains("@") else {
            throw DestinationProblem("Its URL has no host, or a user.")
        }
        guard scheme == "https" || mayBeClear(authority) else {
            throw DestinationProblem("Its URL must be one of https.")
        }
    }

    /// Where a Lightning address is asked (LUD-16).
    public static func url(lightningAddress text: String) -> String {
        let name = text.prefix { $0 != "@" }
        let domain = text.dropFirst(name.count + 1)
        let scheme = domain.hasSuffix(".onion") ? "http" : "https"
        return "\(scheme)://\(domain)/.well-known/lnurlp/\(name)"
    }

    /// Whether a host may be asked without encryption.
    private static func mayBeClear(_ authority: Substring) -> Bool {
        if authority.hasPrefix("[") { return true }
        let host = authority.prefix { $0 != ":" }
        return host.hasSuffix(".onion") || host == "localhost"
            || host.utf8.allSatisfy { (48...57).contains($0) || $0 == UInt8(ascii: ".") }
    }
}
