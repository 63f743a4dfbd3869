public import Contracts
import Crypto
import DomainNames

/// Reads what a client wants to pay (API.md, section 6).
///
/// The first form that fits wins: wallet, UUID, what begins like a Lightning, Ark or bitcoin text,
/// phone number, `name@domain`, Solana address, bitcoin address in base58, domain, and at last the
/// name of an agent. What begins like one of the checked forms, or like an identifier of the
/// platform, is that or nothing, and so are digits: a mistyped invoice, wallet or phone number is
/// never taken for a name. `agent:NAME` means the agent, whatever the name looks like.
public enum DestinationParser {
    /// The greatest number of bytes of a text.
    public static let maximumByteCount = 16 << 10

    /// Returns the destination that a text means.
    ///
    /// - Throws: The reason why it means none.
    public static func parse(_ text: String) throws(DestinationProblem) -> Destination {
        try decode(text).destination
    }

    /// Returns what a text means, with all that stands in it.
    ///
    /// - Throws: The reason why it means none.
    public static func decode(_ text: String) throws(DestinationProblem) -> DecodedDestination {
        var bytes = Array(text.utf8)
        guard !bytes.isEmpty else { throw DestinationProblem("It is empty.") }
        guard bytes.count <= maximumByteCount else {
            throw DestinationProblem("It is over 16 KiB.")
        }
        if begins(bytes, with: Array(AgentName.scheme.utf8)) {
            return try agent(bytes.dropFirst(AgentName.scheme.utf8.count))
        }
        dropScheme(&bytes)
        if let coded = try coded(bytes) { return coded }
        let text = String(decoding: bytes, as: UTF8.self)
        if let own = try own(bytes, text) { return own }
        guard bytes.allSatisfy({ (0x21...0x7E).contains($0) }) else { return try unicode(bytes) }
        if isUUID(bytes) { return DecodedDestination(.mixinUser, text.lowercased()) }
        if let digits = phone(bytes) { return DecodedDestination(.phone, digits) }
        if bytes.contains(UInt8(ascii: "@")) { return try lightningAddress(text.lowercased()) }
        if let address = try base58(bytes, text) { return address }
        if let name = try domain(text.lowercased()) { return DecodedDestination(.domain, name) }
        if AgentName.isNumber(bytes) || AgentName.reservedPrefix(of: bytes) != nil {
            throw DestinationProblem(
                "It begins like an identifier, or is a number that is no phone number; an agent of"
                    + " that name is written agent:\(text)."
            )
        }
        if AgentName.isWellFormed(bytes) { return DecodedDestination(.agent, text) }
        throw DestinationProblem("It is not a destination that can be paid.")
    }

    /// Returns the ASCII form of a text that is a domain alone, or `nil` for other texts.
    ///
    /// - Throws: The reason why it is none, though it looks like one.
    static func domainName(of text: String) throws(DestinationProblem) -> String? {
        guard text.utf8.count <= 1024, text.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) else {
            return nil
        }
        return try domain(text.utf8.allSatisfy { $0 < 0x80 } ? text.lowercased() : text)
    }

    /// Reads a wallet or a group account, whose identifiers are in lower case.
    private static func own(
        _ bytes: [UInt8],
        _ text: String
    ) throws(DestinationProblem) -> DecodedDestination? {
        let hasCapitals = bytes.contains { (65...90).contains($0) }
        if begins(bytes, with: Array("wal_".utf8)) {
            guard !hasCapitals, Wallet.ID(text).isWellFormed else {
                throw DestinationProblem("It is not a wallet's identifier: wal_ in lower case.")
            }
            return DecodedDestination(.wallet, text)
        }
        if begins(bytes, with: Array("grp_".utf8)) {
            guard !hasCapitals, GroupAccount.ID(text).isWellFormed else {
                throw DestinationProblem("It is no group account's identifier: grp_ in lower case.")
            }
            return DecodedDestination(.group, text)
        }
        return nil
    }

    private static func agent(
        _ name: ArraySlice<UInt8>
    ) throws(DestinationProblem) -> DecodedDestination {
        guard AgentName.isWellFormed(name) else {
            throw DestinationProblem("What follows agent: is not an agent's name.")
        }
        return DecodedDestination(.agent, String(decoding: name, as: UTF8.self))
    }

    // MARK: Texts whose beginning tells

    /// Drops `lightning:`, with which wallets link to invoices.
    private static func dropScheme(_ bytes: inout [UInt8]) {
        let scheme = "lightning:".utf8
        let isThere =
            bytes.count > scheme.count && zip(bytes, scheme).allSatisfy { lower($0) == $1 }
        if isThere { bytes.removeFirst(scheme.count) }
    }

    private static let offerPrefix = Array("lno1".utf8)

    private static let prefixes: [(prefix: [UInt8], kind: Destination.Kind)] = [
        (Array("lnurl1".utf8), .lnurl), (Array("lnbc".utf8), .bolt11),
        (Array("lntb".utf8), .bolt11), (Array("ark1".utf8), .ark), (Array("tark1".utf8), .ark),
        (Array("bc1".utf8), .bitcoin), (Array("tb1".utf8), .bitcoin),
        (Array("bcrt1".utf8), .bitcoin),
    ]

    /// Reads a text whose beginning tells what it is, or returns `nil`.
    private static func coded(
        _ bytes: [UInt8]
    ) throws(DestinationProblem) -> DecodedDestination? {
        if isOffer(bytes) {
            let joined = try Offer.joined(bytes)
            let offer = try Offer(parsing: joined)
            return DecodedDestination(.bolt12Offer, lowercased(joined), .offer(offer))
        }
        let match = prefixes.first { begins(bytes, with: $0.prefix) }
        guard let match, isCoded(bytes.dropFirst(match.prefix.count), after: match.kind) else {
            return nil
        }
        let value = lowercased(bytes)
        switch match.kind {
        case .lnurl:
            return DecodedDestination(.lnurl, value, .paymentURL(try PaymentURL.url(lnurl: bytes)))
        case .ark:
            return DecodedDestination(.ark, value, .ark(try ArkAddress(parsing: bytes)))
        case .bitcoin:
            let address = try BitcoinAddress(bech32: bytes)
            return DecodedDestination(.bitcoin, value, .bitcoin(address))
        default:
            return DecodedDestination(.bolt11, value, .invoice(try Invoice(parsing: bytes)))
        }
    }

    /// Whether a text is an offer once its parts are joined; a `+` may stand in the prefix too.
    private static func isOffer(_ bytes: [UInt8]) -> Bool {
        var place = 0
        for byte in bytes {
            if [0x09, 0x0A, 0x0D, 0x20, UInt8(ascii: "+")].contains(byte) { continue }
            guard lower(byte) == offerPrefix[place] else { return false }
            place += 1
            if place == offerPrefix.count { return true }
        }
        return false
    }

    /// Whether what follows a prefix is letters and digits alone, and of an invoice a separator.
    private static func isCoded(_ rest: ArraySlice<UInt8>, after kind: Destination.Kind) -> Bool {
        !rest.isEmpty && rest.allSatisfy(isAlphanumeric)
            && (kind != .bolt11 || rest.contains(Bech32.separator))
    }

    private static func begins(_ bytes: [UInt8], with prefix: [UInt8]) -> Bool {
        bytes.count >= prefix.count && zip(bytes, prefix).allSatisfy { lower($0) == $1 }
    }

    // MARK: Names

    /// E.164 digits without `+`: 7 to 15, no leading 0; for South Africa 11 with a mobile prefix.
    private static func phone(_ bytes: [UInt8]) -> String? {
        let digits = bytes.first == UInt8(ascii: "+") ? bytes.dropFirst() : bytes[...]
        guard (7...15).contains(digits.count), digits.allSatisfy({ (48...57).contains($0) }),
            digits.first != UInt8(ascii: "0")
        else { return nil }
        if digits.starts(with: "27".utf8) {
            let national = digits.dropFirst(2).first ?? 0
            guard digits.count == 11, (54...56).contains(national) else { return nil }
        }
        return String(decoding: digits, as: UTF8.self)
    }

    private static func lightningAddress(
        _ folded: String
    ) throws(DestinationProblem) -> DecodedDestination {
        let parts = folded.split(separator: "@", omittingEmptySubsequences: false)
        let isName =
            parts.count == 2 && (1...64).contains(parts[0].utf8.count)
            && parts[0].utf8.allSatisfy { byte in
                isAlphanumeric(byte) || "-_.+".utf8.contains(byte)
            }
        guard isName, !folded.hasSuffix("."), let domain = try domain(String(parts[1])) else {
            throw DestinationProblem("It is not a Lightning address: name@domain.")
        }
        let address = "\(parts[0])@\(domain)"
        let url = PaymentURL.url(lightningAddress: address)
        return DecodedDestination(.lightningAddress, address, .paymentURL(url))
    }

    /// Reads a domain, or a Lightning address on one, with letters outside ASCII.
    private static func unicode(
        _ bytes: [UInt8]
    ) throws(DestinationProblem) -> DecodedDestination {
        guard bytes.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) else {
            throw DestinationProblem("It has a space or a control character.")
        }
        let text = String(decoding: bytes, as: UTF8.self)
        if text.utf8.contains(UInt8(ascii: "@")) {
            return try lightningAddress(text.lowercased())
        }
        guard let name = try domain(text) else {
            throw DestinationProblem("It has letters outside ASCII and is no domain.")
        }
        return DecodedDestination(.domain, name)
    }

    private static func isUUID(_ bytes: [UInt8]) -> Bool {
        bytes.count == 36
            && bytes.enumerated().allSatisfy { index, byte in
                [8, 13, 18, 23].contains(index) ? byte == UInt8(ascii: "-") : isHexadecimal(byte)
            }
    }

    /// The ASCII form of a domain: at least two labels of letters, digits and inner hyphens, of
    /// which the last is not all digits; `nil` for other texts.
    ///
    /// The root's point at the end is dropped.
    ///
    /// - Throws: A label says that it is internationalised, and is not.
    private static func domain(_ text: String) throws(DestinationProblem) -> String? {
        let folded = text.hasSuffix(".") ? String(text.dropLast()) : text
        let isASCII = folded.utf8.allSatisfy { $0 < 0x80 }
        if isASCII, !folded.contains("xn--") { return isDomain(folded) ? folded : nil }
        // What folds into plain ASCII, or into the beginning of an offer, only looks like a domain.
        guard let name = DomainName.ascii(folded), name.contains("xn--"),
            !isOffer(Array(name.utf8))
        else { throw DestinationProblem("It is no internationalised domain.") }
        return isDomain(name) ? name : nil
    }

    private static func isDomain(_ folded: String) -> Bool {
        guard folded.utf8.count <= 253 else { return false }
        let labels = folded.utf8.split(
            separator: UInt8(ascii: "."),
            omittingEmptySubsequences: false
        )
        guard labels.count >= 2, let last = labels.last else { return false }
        let hyphen = UInt8(ascii: "-")
        let areLabels = labels.allSatisfy { label in
            (1...63).contains(label.count) && label.first != hyphen && label.last != hyphen
                && label.allSatisfy { isAlphanumeric($0) || $0 == hyphen }
        }
        return areLabels && last.count >= 2 && !last.allSatisfy { (48...57).contains($0) }
    }

    /// Reads base58: 32 bytes are a Solana address, 25 with a known version a bitcoin address.
    private static func base58(
        _ bytes: [UInt8],
        _ text: String
    ) throws(DestinationProblem) -> DecodedDestination? {
        guard (26...44).contains(bytes.count),
            let decoded = Base58.bytes(of: text, maximumBytes: 33)
        else { return nil }
        if decoded.count == 32, bytes.count >= 32 {
            return DecodedDestination(.solana, text, .solana(decoded))
        }
        return try BitcoinAddress(base58: decoded).map {
            DecodedDestination(.bitcoin, text, .bitcoin($0))
        }
    }

    // MARK: Characters

    private static func lowercased(_ bytes: [UInt8]) -> String {
        String(decoding: bytes.map(lower), as: UTF8.self)
    }

    private static func lower(_ byte: UInt8) -> UInt8 {
        (65...90).contains(byte) ? byte | 0x20 : byte
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (65...70).contains(byte) || (97...102).contains(byte)
    }
}
