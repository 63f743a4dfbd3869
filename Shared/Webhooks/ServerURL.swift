/// The URLs of other people's servers that are taken.
///
/// What they lead to is checked when a request is made, at each attempt: see the port's guard.
public enum ServerURL {
    /// The greatest number of characters.
    public static let maximumLength = 2000

    /// What a URL looks like, as a regular expression of JSON Schema: `http` or `https`, a host,
    /// and visible ASCII; no user, and no bare IPv6 address, which many readers of URLs trip over.
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
        let host = rest.prefix(while: isOfName)
        guard (1...253).contains(host.count) else { return false }
        rest = rest.dropFirst(host.count)
        if rest.first == UInt8(ascii: ":") {
            let port = rest.dropFirst().prefix { (48...57).contains($0) }
            guard (1...5).contains(port.count) else { return false }
            rest = rest.dropFirst(1 + port.count)
        }
        guard let first = rest.first else { return true }
        return (first == UInt8(ascii: "/") || first == UInt8(ascii: "?"))
            && rest.allSatisfy { (0x21...0x7E).contains($0) }
    }

    private static func isOfName(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
            || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-")
    }
}
