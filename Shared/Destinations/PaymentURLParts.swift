/// A URL cut into what names it.
struct PaymentURLParts {
    /// The scheme, in lower case.
    var scheme: String

    /// The host and the port, as they stand.
    var authority: Substring

    /// The path, as it stands.
    var path: Substring

    /// What stands behind the first `?`, without a fragment; empty without one.
    var query: Substring

    /// Cuts a URL, or returns `nil` when it has no scheme and authority.
    init?(_ url: String) {
        guard let colon = url.firstIndex(of: ":") else { return nil }
        scheme = url[..<colon].lowercased()
        let rest = url[colon...]
        guard rest.hasPrefix("://") else { return nil }
        let behind = rest.dropFirst("://".count)
        authority = behind.prefix { !"/?#\\".contains($0) }
        let target = behind.dropFirst(authority.count).prefix { $0 != "#" }
        path = target.prefix { $0 != "?" }
        query = target.dropFirst(path.count + 1)
    }

    private var colonOfPort: Substring.Index? {
        let start = authority.lastIndex(of: "]") ?? authority.startIndex
        return authority[start...].firstIndex(of: ":")
    }

    /// The host in lower case, or `nil` when brackets do not end or end too early.
    var host: String? {
        let host = authority[..<(colonOfPort ?? authority.endIndex)].lowercased()
        guard host.hasPrefix("[") else { return host.isEmpty ? nil : host }
        let inner = host.dropFirst().dropLast()
        let isAddress =
            host.hasSuffix("]") && !inner.isEmpty
            && inner.utf8.allSatisfy { byte in
                (48...57).contains(byte) || (97...102).contains(byte) || ":.".utf8.contains(byte)
            }
        return isAddress ? host : nil
    }

    /// The port's text, or `nil` without one.
    var port: Substring? { colonOfPort.map { authority[authority.index(after: $0)...] } }

    /// Whether there is no port, or one from 1 to 65535 without zeros in front.
    var hasPlainPort: Bool {
        guard let port else { return true }
        guard (1...5).contains(port.utf8.count), port.first != "0",
            port.utf8.allSatisfy({ (48...57).contains($0) }), let number = Int(port)
        else { return false }
        return number <= 65_535
    }

    /// The URL as it is compared: scheme and host in lower case, no port that the scheme says, no
    /// point at the host's end, no empty query, and each character coded by % only if it must be.
    var canonical: String {
        var text = scheme + "://" + (bareHost ?? "")
        if let port, port != (scheme == "https" ? "443" : "80") { text += ":" + port }
        text += path.isEmpty ? "/" : PercentCoding.canonical(path)
        return query.isEmpty ? text : text + "?" + PercentCoding.canonical(query)
    }

    /// The host without the root's point.
    var bareHost: String? { host.map { $0.hasSuffix(".") ? String($0.dropLast()) : $0 } }

    /// The steps of the path as a generous server reads them: in lower case, however they are
    /// coded, without empty ones and parameters.
    var steps: [String] {
        PercentCoding.decodedFully(path)
            .split { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "\\") }
            .map { step in
                String(decoding: step.prefix { $0 != UInt8(ascii: ";") }, as: UTF8.self)
                    .lowercased()
            }
    }

    /// The name that the path asks for where Lightning addresses are asked (LUD-16).
    var lightningName: String? {
        let steps = steps
        guard steps.count >= 3, steps[0] == ".well-known", steps[1] == "lnurlp" else { return nil }
        return steps[2]
    }
}

/// What is written with % in a URL.
enum PercentCoding {
    private static let percent = UInt8(ascii: "%")

    /// Whether two hexadecimal digits follow each %.
    static func isWellFormed(_ text: Substring) -> Bool {
        let bytes = Array(text.utf8)
        return bytes.indices.allSatisfy { bytes[$0] != percent || byte(at: $0, in: bytes) != nil }
    }

    /// A text in which what need not be coded is not, and the digits of the rest are in capitals
    /// (RFC 3986, section 6.2.2).
    static func canonical(_ text: Substring) -> String {
        let bytes = Array(text.utf8)
        var result: [UInt8] = []
        var place = 0
        while place < bytes.count {
            guard bytes[place] == percent, let byte = byte(at: place, in: bytes) else {
                result.append(bytes[place])
                place += 1
                continue
            }
            if isUnreserved(byte) {
                result.append(byte)
            } else {
                result.append(percent)
                result += bytes[place + 1...place + 2].map {
                    (97...102).contains($0) ? $0 - 32 : $0
                }
            }
            place += 3
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// The bytes that are left when nothing can be decoded any more: some servers decode twice.
    static func decodedFully(_ text: Substring) -> [UInt8] {
        var bytes = Array(text.utf8)
        // Whoever decodes more often than this is no server that anybody has seen.
        for _ in 0..<4 {
            let decoded = decodedOnce(bytes)
            if decoded.count == bytes.count { break }
            bytes = decoded
        }
        return bytes
    }

    private static func decodedOnce(_ bytes: [UInt8]) -> [UInt8] {
        guard bytes.contains(percent) else { return bytes }
        var result: [UInt8] = []
        var place = 0
        while place < bytes.count {
            if bytes[place] == percent, let byte = byte(at: place, in: bytes) {
                result.append(byte)
                place += 3
            } else {
                result.append(bytes[place])
                place += 1
            }
        }
        return result
    }

    /// The byte that is coded at a place, or `nil`.
    private static func byte(at place: Int, in bytes: [UInt8]) -> UInt8? {
        guard place + 2 < bytes.count, let high = digit(bytes[place + 1]),
            let low = digit(bytes[place + 2])
        else { return nil }
        return high << 4 | low
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 48...57: byte - 48
        case 65...70: byte - 55
        case 97...102: byte - 87
        default: nil
        }
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
            || "-._~".utf8.contains(byte)
    }
}
