/// A number of an asset's minor units: an amount, a balance, a limit or a sum.
///
/// It has no `+`, `-` or `*`: whoever adds says what happens when the result cannot be counted,
/// so that no input can end a process. On the wire and in the database it is a plain integer.
public struct MinorUnits: RawRepresentable, Hashable, Sendable {
    /// The number.
    public var rawValue: Int64

    /// Creates a number of minor units.
    public init(rawValue: Int64) {
        self.rawValue = rawValue
    }

    /// Creates a number of minor units.
    public init(_ number: Int64) {
        rawValue = number
    }

    /// The greatest number that can be counted, 2^63 − 1.
    public static let maximum = MinorUnits(.max)

    /// The most that one payment, deposit, lock, payout, invoice or funding can be, 2^53 − 1
    /// (API.md, Bounds): what every JSON reader reads exactly.
    public static let largestPayment = MinorUnits(1 << 53 - 1)

    /// Whether one payment can be of so much: it is more than zero, and not over the bound.
    public var isPayable: Bool {
        self > 0 && self <= Self.largestPayment
    }

    /// Returns the sum, or `nil` when it cannot be counted.
    public func adding(_ other: MinorUnits) -> MinorUnits? {
        let (sum, overflow) = rawValue.addingReportingOverflow(other.rawValue)
        return overflow ? nil : MinorUnits(sum)
    }

    /// Returns the difference, or `nil` when it cannot be counted.
    public func subtracting(_ other: MinorUnits) -> MinorUnits? {
        let (difference, overflow) = rawValue.subtractingReportingOverflow(other.rawValue)
        return overflow ? nil : MinorUnits(difference)
    }

    /// Returns the product, or `nil` when it cannot be counted.
    public func multiplied(by factor: Int64) -> MinorUnits? {
        let (product, overflow) = rawValue.multipliedReportingOverflow(by: factor)
        return overflow ? nil : MinorUnits(product)
    }

    /// Returns a hundredth, without what is left over.
    public var hundredth: MinorUnits {
        MinorUnits(rawValue / 100)
    }

    /// The same number with the other sign; the least number, which has none, gives the greatest.
    public var opposite: MinorUnits {
        Self(0).subtracting(self) ?? .maximum
    }

    /// Returns the sum of a sequence, or `nil` when it cannot be counted.
    public static func sum(of amounts: some Sequence<MinorUnits>) -> MinorUnits? {
        var total: MinorUnits = 0
        for amount in amounts {
            guard let sum = total.adding(amount) else { return nil }
            total = sum
        }
        return total
    }
}

extension MinorUnits: Comparable {
    public static func < (lhs: MinorUnits, rhs: MinorUnits) -> Bool {
        lhs.rawValue < rhs.rawValue
    }
}

extension MinorUnits: ExpressibleByIntegerLiteral {
    public init(integerLiteral value: Int64) {
        rawValue = value
    }
}

extension MinorUnits: CustomStringConvertible {
    public var description: String { String(rawValue) }
}

extension MinorUnits: Codable {
    public init(from decoder: any Decoder) throws {
        rawValue = try decoder.singleValueContainer().decode(Int64.self)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rawValue)
    }
}
