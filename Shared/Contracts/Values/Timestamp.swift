/// A point in time, in milliseconds since 1970-01-01 00:00:00 UTC.
public struct Timestamp: RawRepresentable, Hashable, Comparable, Sendable {
    /// The milliseconds since the epoch.
    public var rawValue: Int64

    /// Creates a timestamp from milliseconds since the epoch.
    public init(rawValue: Int64) {
        self.rawValue = rawValue
    }

    /// Creates a timestamp from milliseconds since the epoch.
    public init(milliseconds: Int64) {
        rawValue = milliseconds
    }

    public static func < (lhs: Timestamp, rhs: Timestamp) -> Bool {
        lhs.rawValue < rhs.rawValue
    }

    /// Returns the instant some milliseconds later, or the last instant there is.
    public func advanced(byMilliseconds milliseconds: Int64) -> Timestamp {
        let (sum, overflow) = rawValue.addingReportingOverflow(milliseconds)
        return Timestamp(rawValue: overflow ? (milliseconds < 0 ? .min : .max) : sum)
    }
}

extension Timestamp: Codable {
    public init(from decoder: any Decoder) throws {
        rawValue = try decoder.singleValueContainer().decode(Int64.self)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rawValue)
    }
}
