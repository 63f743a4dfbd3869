public import Contracts

/// Why a text is no destination.
public struct DestinationProblem: Error, Hashable, Sendable {
    /// The reason, in a sentence.
    public var reason: String
}

/// Reads what a client wants to pay (API.md, section 6).
///
/// The first form that fits wins: wallet, UUID, what begins like a Lightning, Ark or bitcoin text,
/// phone number, `name@domain`, Solana address, domain, and at last the name of an agent.
public enum DestinationParser {
    /// The greatest number of bytes of a text.
    public static let maximumByteCount = 16 << 10

    /// Returns the destination that a text means.
    ///
    /// - Throws: The reason why it means none.
    public static func parse(_ text: String) throws(DestinationProblem) -> Destination {
        let bytes = Array(text.utf8)
        guard !bytes.isEmpty else { throw problem("It is empty.") }
        guard bytes.count <= maximumByteCount else { throw problem("It is over 16 KiB.") }
        guard bytes.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw problem("It has a space, a control character or a character outside ASCII.")
        }
        if text.hasPrefix("wal_") {
            guard Wallet.ID(text).isWellFormed else { throw problem("It is no wallet's name.") }
            return Destination(kind: .wallet, value: text)
        }
        let folded = text.lowercased()
        if isUUID(bytes) { return Destination(kind: .mixinUser, value: folded) }
        if let kind = prefixKind(of: folded) { return Destination(kind: kind, value: folded) }
        if let digits = phone(bytes) { return Destination(kind: .phone, value: digits) }
        if bytes.contains(UInt8(ascii: "@")) { return try lightningAddress(folded) }
        if isSolana(text) { return Destination(kind: .solana, value: text) }
        if isDomain(folded) { return Destination(kind: .domain, value: folded) }
        if isAgentName(bytes) { return Destination(kind: .agent, value: text) }
        throw problem("It is none of the forms that can be paid.")
    }

    /// Whether a text is an agent's name: 1 to 128 characters of `A-Z a-z 0-9 _ . -`.
    public static func isAgentName(_ bytes: [UInt8]) -> Bool {
        (1...128).contains(bytes.count)
            && bytes.allSatisfy { byte in
                isAlphanumeric(byte) || byte == UInt8(ascii: "_") || byte == UInt8(ascii: ".")
                    || byte == UInt8(ascii: "-")
            }
    }

    private static func problem(_ reason: String) -> DestinationProblem {
        DestinationProblem(reason: reason)
    }

    /// Texts whose kind their beginning tells; their content is not checked here.
    private static func prefixKind(of folded: String) -> Destination.Kind? {
        let prefixes: [(String, Destination.Kind, Int)] = [
            ("lno1", .bolt12Offer, 20), ("lnurl1", .lnurl, 20), ("lnbc", .bolt11, 50),
            ("lntb", .bolt11, 50), ("ark1", .ark, 50), ("tark1", .ark, 50),
            ("bc1", .bitcoin, 14), ("tb1", .bitcoin, 14), ("bcrt1", .bitcoin, 14),
        ]
        let isPlain = folded.utf8.allSatisfy { isAlphanumeric($0) }
        guard isPlain else { return nil }
        return prefixes.first { folded.hasPrefix($0.0) && folded.utf8.count >= $0.2 }?.1
    }

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
    ) throws(DestinationProblem) -> Destination {
        let parts = folded.split(separator: "@", omittingEmptySubsequences: false)
        let isName =
            parts.count == 2 && (1...64).contains(parts[0].utf8.count)
            && parts[0].utf8.allSatisfy { byte in
                isAlphanumeric(byte) || "-_.+".utf8.contains(byte)
            }
        guard isName, isDomain(String(parts[1])) else {
            throw problem("It is no Lightning address: name@domain.")
        }
        return Destination(kind: .lightningAddress, value: folded)
    }

    private static func isUUID(_ bytes: [UInt8]) -> Bool {
        bytes.count == 36
            && bytes.enumerated().allSatisfy { index, byte in
                [8, 13, 18, 23].contains(index) ? byte == UInt8(ascii: "-") : isHexadecimal(byte)
            }
    }

    /// At least two labels of letters, digits and inner hyphens; the last is not all digits.
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

    /// Base58 of exactly 32 bytes.
    private static func isSolana(_ text: String) -> Bool {
        guard (32...44).contains(text.utf8.count) else { return false }
        var number: [UInt8] = []
        for byte in text.utf8 {
            guard let digit = base58.firstIndex(of: byte) else { return false }
            var carry = digit
            for place in number.indices {
                carry += Int(number[place]) * 58
                number[place] = UInt8(carry & 255)
                carry >>= 8
            }
            while carry > 0 {
                number.append(UInt8(carry & 255))
                carry >>= 8
            }
        }
        let zeros = text.utf8.prefix { $0 == UInt8(ascii: "1") }.count
        return zeros + number.count == 32
    }

    private static let base58 = Array(
        "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz".utf8
    )

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (65...70).contains(byte) || (97...102).contains(byte)
    }
}
