public import Contracts

/// An entry of a policy's list of recipients: a destination, or all domains below one.
public enum ListEntry: Hashable, Sendable {
    /// One destination.
    case destination(Destination)
    /// The domains that end with a point and this one, which has two labels or more: written
    /// `*.example.com`.
    case domainsBelow(String)

    /// Reads an entry as a client writes it.
    ///
    /// - Throws: The reason why it is none: neither a destination nor `*.` and a domain.
    public init(parsing text: String) throws(DestinationProblem) {
        guard text.hasPrefix("*") else {
            self = .destination(try DestinationParser.parse(text))
            return
        }
        guard text.hasPrefix("*."),
            let domain = try DestinationParser.domainName(of: String(text.dropFirst(2)))
        else {
            throw DestinationProblem(
                "A star stands for what is below a domain of two labels or more: *.example.com."
            )
        }
        self = .domainsBelow(domain)
    }

    /// The canonical text, which reads as the same entry.
    public var text: String {
        switch self {
        case .destination(let destination): destination.text
        case .domainsBelow(let domain): "*." + domain
        }
    }

    /// What an entry is compared by: of a Lightning address and an LNURL also the URL that both
    /// stand for.
    public var names: [Destination] {
        guard case .destination(let destination) = self else { return [] }
        return [destination] + (destination.paymentURL.map { [.url($0)] } ?? [])
    }
}

extension Destination {
    /// The text that reads as this destination: its value, or `agent:` and an agent's name that
    /// reads as something else.
    public var text: String {
        guard kind == .agent, (try? DestinationParser.parse(value)) != self else { return value }
        return AgentName.scheme + value
    }

    /// All that the destination is by itself, without a directory: of a Lightning address and an
    /// LNURL also the URL that is asked, and the domain of whoever answers.
    public var names: [Destination] {
        guard let url = paymentURL else { return [self] }
        var names = [self, .url(url)]
        if let domain = Self.domain(of: url) { names.append(domain) }
        return names
    }

    /// Where an invoice is asked for, with its scheme and host in lower case.
    fileprivate var paymentURL: String? {
        guard kind == .lightningAddress || kind == .lnurl,
            case .paymentURL(let url)? = try? DestinationParser.decode(value).content
        else { return nil }
        let scheme = url.prefix { $0 != ":" }
        let rest = url.dropFirst(scheme.count + "://".count)
        let authority = rest.prefix { !"/?#".contains($0) }
        var host = String(authority).lowercased()
        let port = scheme.lowercased() == "https" ? ":443" : ":80"
        if host.hasSuffix(port) { host.removeLast(port.count) }
        if host.hasSuffix(".") { host.removeLast() }
        return scheme.lowercased() + "://" + host + rest.dropFirst(authority.count)
    }

    private static func domain(of url: String) -> Destination? {
        let rest = url.drop { $0 != "/" }.dropFirst(2)
        let host = String(rest.prefix { !"/?#:".contains($0) })
        guard let domain = try? DestinationParser.domainName(of: host) else { return nil }
        return Destination(kind: .domain, value: domain)
    }

    /// The name of a URL: no parser reads one, so that it is nobody's else.
    fileprivate static func url(_ text: String) -> Destination {
        Destination(kind: .lnurl, value: text)
    }
}
