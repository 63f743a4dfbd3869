/// An opaque identifier that cannot be mistaken for the identifier of another entity.
public struct Identifier<Entity>: RawRepresentable, Hashable, Comparable, Sendable {
    /// The text of the identifier, for example `wal_01j9…`.
    public let rawValue: String

    /// Creates an identifier from its text.
    public init(rawValue: String) {
        self.rawValue = rawValue
    }

    /// Creates an identifier from its text.
    public init(_ rawValue: String) {
        self.rawValue = rawValue
    }

    public static func < (lhs: Identifier<Entity>, rhs: Identifier<Entity>) -> Bool {
        lhs.rawValue < rhs.rawValue
    }
}

extension Identifier: Codable {
    /// Reads an identifier.
    ///
    /// That of an organisation is never written by a client, so that a malformed one is no question
    /// but a mistake; any other may be, and then names nothing.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        rawValue = try container.decode(String.self)
        if Entity.self == Organisation.self, !Organisation.ID(rawValue).isWellFormed {
            throw DecodingError.dataCorruptedError(
                in: container,
                debugDescription: "It is no organisation's identifier."
            )
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rawValue)
    }
}

/// An entity whose identifiers begin with a prefix and an underscore.
public protocol Identified {
    /// The prefix, for example `wal`.
    static var prefix: String { get }
}

extension Identifier where Entity: Identified {
    /// Creates an identifier of the entity's prefix and 16 bytes, in 26 characters of base32.
    ///
    /// - Precondition: There are 16 bytes.
    public init(bytes: [UInt8]) {
        rawValue = Entity.prefix + "_" + Base32.text(of: bytes)
    }

    /// Whether the text has the form of the entity's identifiers: the prefix, an underscore and
    /// 1 to 64 characters of `a-z A-Z 0-9 _ -`.
    public var isWellFormed: Bool {
        let start = Entity.prefix + "_"
        guard rawValue.hasPrefix(start) else { return false }
        let rest = rawValue.utf8.dropFirst(start.utf8.count)
        return (1...64).contains(rest.count)
            && rest.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }
}
