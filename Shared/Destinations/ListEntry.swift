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
                "A star stands for the subdomains of a domain of two labels or more: *.example.com."
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
    public var names: DestinationNames {
        guard case .destination(let destination) = self else { return DestinationNames() }
        guard let url = destination.paymentURL else {
            return DestinationNames(certain: [destination])
        }
        return DestinationNames(
            certain: [destination, .url(url.canonical)],
            inDoubt: url.otherNames
        )
    }
}

extension Destination {
    /// The text that reads as this destination: its value, or `agent:` and an agent's name that
    /// reads as something else.
    public var text: String {
        guard kind == .agent, (try? DestinationParser.parse(value)) != self else { return value }
        return AgentName.scheme + value
    }

    /// What an agent's name reads as, if that is something else: who blocks that text may mean the
    /// agent.
    private var readOtherwise: Destination? {
        guard kind == .agent, let read = try? DestinationParser.parse(value), read != self else {
            return nil
        }
        return read
    }

    /// All that the destination is by itself, without a directory: of a Lightning address and an
    /// LNURL also the URL that is asked, and the domain of whoever answers.
    public var names: DestinationNames {
        guard let url = paymentURL else {
            return DestinationNames(certain: [self], inDoubt: readOtherwise.map { [$0] } ?? [])
        }
        var names = DestinationNames(certain: [self, .url(url.canonical)], inDoubt: url.otherNames)
        if let host = url.bareHost,
            let domain = try? DestinationParser.domainName(of: host)
        {
            names.certain.append(Destination(kind: .domain, value: domain))
        }
        // A tag behind a plus says what a payment is for, and not to whom it goes (LUD-16).
        for address in [self] + url.otherNames where address.kind == .lightningAddress {
            guard let plus = address.value.firstIndex(of: "+"),
                let at = address.value.firstIndex(of: "@"), plus < at
            else { continue }
            let untagged = address.value[..<plus] + address.value[at...]
            names.inDoubt.append(Destination(kind: .lightningAddress, value: String(untagged)))
        }
        return names
    }

    /// Where an invoice is asked for.
    fileprivate var paymentURL: PaymentURLParts? {
        guard kind == .lightningAddress || kind == .lnurl,
            case .paymentURL(let url)? = try? DestinationParser.decode(value).content
        else { return nil }
        return PaymentURLParts(url)
    }

    /// The name of a URL: no parser reads one, so that it is nobody's else.
    fileprivate static func url(_ text: String) -> Destination {
        Destination(kind: .lnurl, value: text)
    }
}

extension PaymentURLParts {
    /// What it may be besides: the Lightning address whose URL it is but for its spelling, its
    /// port and its query, and the URL with nothing coded.
    fileprivate var otherNames: [Destination] {
        let plain = String(decoding: PercentCoding.decodedFully(canonical[...]), as: UTF8.self)
        var names: [Destination] = plain == canonical ? [] : [.url(plain)]
        if let name = lightningName, let host = bareHost,
            let address = try? DestinationParser.parse("\(name)@\(host)"),
            address.kind == .lightningAddress
        {
            names.append(address)
        }
        return names
    }
}
