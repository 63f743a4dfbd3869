/// What a request is aimed at: the part of the request line between method and version, decoded.
///
/// A target is split at the slashes before it is decoded, so that `%2F` stays inside its segment.
/// Origin form (`/v1/x?y=1`), absolute form (`http://host/v1/x`) and the asterisk are read
/// (RFC 9112, section 3.2).
public struct Target: Hashable, Sendable {
    /// The path as it was sent, percent-encoded, without the query.
    public let path: String

    /// The path and the query as they were sent, percent-encoded.
    public let text: String

    /// The parts of the path between slashes, decoded; `/` has none and a final slash adds an empty
    /// one.
    public let segments: [String]

    /// The parameters of the query in order, decoded; a plus sign is a space.
    ///
    /// Who knows the parameters of a path may bring their names into one spelling.
    public var query: [QueryItem]

    /// Reads a target.
    ///
    /// Refused as `nil`: a percent sign without two hexadecimal digits, a byte that is not
    /// printable ASCII, decoded text that is not UTF-8 or has a NUL, and a form other than the
    /// three above.
    public init?(_ text: String) {
        guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else { return nil }
        guard let origin = Target.originForm(text.utf8[...]) else { return nil }
        let mark = origin.firstIndex(of: UInt8(ascii: "?")) ?? origin.endIndex
        let pathBytes = origin[..<mark].prefix { $0 != UInt8(ascii: "#") }
        guard let segments = Target.segments(of: pathBytes) else { return nil }
        guard let query = Target.query(origin[mark...].dropFirst()) else { return nil }
        let whole = origin.prefix { $0 != UInt8(ascii: "#") }
        self.text = whole.isEmpty ? "/" : String(Substring(whole))
        self.path = pathBytes.isEmpty ? "/" : String(Substring(pathBytes))
        self.segments = segments
        self.query = query
    }

    /// Makes the target of a text that was refused, which has nothing but the path as sent.
    public init(malformed text: String) {
        path = text
        self.text = text
        segments = []
        query = []
    }

    private static func originForm(_ text: Substring.UTF8View) -> Substring.UTF8View? {
        if text.first == UInt8(ascii: "/") || text.elementsEqual("*".utf8) {
            return text
        }
        for scheme in ["http://", "https://"] {
            let start = text.prefix(scheme.utf8.count)
            if Headers.areEqual(String(Substring(start)), scheme) {
                return text.dropFirst(scheme.utf8.count)
                    .drop { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?") }
            }
        }
        return nil
    }

    private static func segments(of path: Substring.UTF8View) -> [String]? {
        guard path.count > 1 else { return [] }
        var segments: [String] = []
        segments.reserveCapacity(6)
        let parts = path.dropFirst().split(
            separator: UInt8(ascii: "/"),
            omittingEmptySubsequences: false
        )
        for part in parts {
            guard let segment = PercentEncoding.decode(part, plusIsSpace: false) else { return nil }
            segments.append(segment)
        }
        return segments
    }

    private static func query(_ text: Substring.UTF8View) -> [QueryItem]? {
        var items: [QueryItem] = []
        let bytes = text.prefix { $0 != UInt8(ascii: "#") }
        for part in bytes.split(separator: UInt8(ascii: "&")) {
            let mark = part.firstIndex(of: UInt8(ascii: "=")) ?? part.endIndex
            guard
                let name = PercentEncoding.decode(part[..<mark], plusIsSpace: true),
                let value = PercentEncoding.decode(part[mark...].dropFirst(), plusIsSpace: true)
            else { return nil }
            items.append(QueryItem(name: name, value: value))
        }
        return items
    }
}
