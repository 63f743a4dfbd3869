/// The URLs of other people's servers that are taken.
///
/// What they lead to is checked when a request is made, at each attempt: see the port's guard.
public enum ServerURL {
    /// The greatest number of characters.
    public static let maximumLength = 2000

    /// What a URL looks like, as a regular expression of JSON Schema.
    ///
    /// It has `http` or `https`, a host, and visible ASCII; no user. An IPv6 address in brackets is
    /// taken too: whether it is one, no pattern can say.
    public static let pattern =
        "^https?://[A-Za-z0-9.-]{1,253}(:[0-9]{1,5})?([/?][!-~]*)?$"

    /// Whether a text is such a URL.
    public static func isValid(_ text: String) -> Bool {
        guard text.utf8.count <= maximumLength else { return false }
        var rest = text.utf8[...]
        guard let scheme = ["https://", "http://"].first(where: { text.hasPrefix($0) }) else {
            return false
        }
        rest = rest.dropFirst(scheme.utf8.count)
        guard dropHost(&rest) else { return false }
        if rest.first == UInt8(ascii: ":") {
            let port = rest.dropFirst().prefix { (48...57).contains($0) }
            guard (1...5).contains(port.count) else { return false }
            rest = rest.dropFirst(1 + port.count)
        }
        guard let first = rest.first else { return true }
        return (first == UInt8(ascii: "/") || first == UInt8(ascii: "?"))
            && rest.allSatisfy { (0x21...0x7E).contains($0) }
    }

    /// The host of such a URL, without the brackets of an IPv6 address.
    public static func host(of url: String) -> String? {
        guard isValid(url), let start = url.utf8.firstIndex(of: UInt8(ascii: ":")) else {
            return nil
        }
        let rest = url.utf8[start...].dropFirst("://".utf8.count)
        if rest.first == UInt8(ascii: "[") {
            return String(Substring(rest.dropFirst().prefix { $0 != UInt8(ascii: "]") }))
        }
        return String(Substring(rest.prefix(while: isOfName)))
    }

    private static func dropHost(_ rest: inout Substring.UTF8View) -> Bool {
        if rest.first == UInt8(ascii: "[") {
            let address = rest.dropFirst().prefix { $0 != UInt8(ascii: "]") }
            rest = rest.dropFirst(address.count + 1)
            return rest.popFirst() == UInt8(ascii: "]") && isIPv6(String(Substring(address)))
        }
        let host = rest.prefix(while: isOfName)
        rest = rest.dropFirst(host.count)
        return (1...253).contains(host.count)
    }

    /// Whether a text is an IPv6 address in hexadecimal groups (RFC 4291, section 2.2, forms 1, 2).
    private static func isIPv6(_ text: String) -> Bool {
        let halves = text.split(separator: "::", omittingEmptySubsequences: false)
        let groups = halves.flatMap { half in
            half.isEmpty ? [] : half.split(separator: ":", omittingEmptySubsequences: false)
        }
        let isHexadecimal = groups.allSatisfy { group in
            (1...4).contains(group.utf8.count) && group.allSatisfy { $0.isASCII && $0.isHexDigit }
        }
        return isHexadecimal && (halves.count == 1 ? groups.count == 8 : groups.count < 8)
            && halves.count <= 2
    }

    private static func isOfName(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
            || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-")
    }
}
