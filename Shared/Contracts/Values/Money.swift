/// An amount of one asset, in the asset's minor unit.
public struct Money: Codable, Hashable, Sendable {
    /// The number of minor units, for example micro-dollars.
    public var minorUnits: MinorUnits

    /// The asset of the amount.
    public var asset: Asset

    /// Creates an amount.
    public init(minorUnits: MinorUnits, asset: Asset) {
        self.minorUnits = minorUnits
        self.asset = asset
    }

    /// Why no payment, deposit, lock, payout, invoice or funding can be of this amount, or `nil`.
    public var problem: String? {
        if minorUnits <= 0 { return "The amount is not positive." }
        return minorUnits.isPayable
            ? nil : "The amount is over \(Money(minorUnits: .largestPayment, asset: asset).text)."
    }

    /// The decimal text with at least two places and no needless zeros, for example `2.50`.
    public var text: String {
        DecimalText.text(minorUnits: minorUnits, places: asset.places)
    }

    private enum CodingKeys: String, CodingKey {
        case minorUnits = "minor"
        case asset
    }
}

/// Why a text is not an amount, by descending precedence.
public enum AmountProblem: String, Error, CaseIterable, Sendable {
    /// It is not digits with at most one point between them.
    case malformed
    /// It has more places than the asset.
    case tooManyPlaces = "too-many-places"
    /// It is over what is asked for: of one payment, over 2^53 − 1 minor units.
    case tooLarge = "too-large"
    /// It is zero.
    case zero
}

/// Decimal texts of amounts in minor units.
public enum DecimalText {
    /// The greatest number of characters of an amount.
    public static let maximumLength = 64

    /// Returns the decimal text with at least two places and no needless zeros.
    public static func text(minorUnits: MinorUnits, places: Int) -> String {
        text(of: minorUnits.rawValue, places: places)
    }

    /// Returns the same of a sum that may be more than an account can hold.
    public static func text(minorUnits: Int128, places: Int) -> String {
        text(of: minorUnits, places: places)
    }

    private static func text(of number: some FixedWidthInteger, places: Int) -> String {
        var rest = number.magnitude
        var reversed: [UInt8] = []
        for place in stride(from: places, to: 0, by: -1) {
            let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
            if place <= 2 || digit != 0 || !reversed.isEmpty {
                reversed.append(Self.character(digit))
            }
            rest = quotient
        }
        reversed.insert(
            contentsOf: repeatElement(UInt8(ascii: "0"), count: max(0, 2 - places)),
            at: 0
        )
        reversed.append(UInt8(ascii: "."))
        repeat {
            reversed.append(Self.character(rest % 10))
            rest /= 10
        } while rest != 0
        if number < 0 { reversed.append(UInt8(ascii: "-")) }
        return String(decoding: reversed.reversed(), as: UTF8.self)
    }

    private static func character(_ digit: some BinaryInteger) -> UInt8 {
        UInt8(ascii: "0") + UInt8(truncatingIfNeeded: digit)
    }

    /// Reads a positive amount: digits, and at most one point between digits (API.md, Amounts).
    ///
    /// - Throws: The first problem by precedence.
    public static func minorUnits(
        of text: String,
        places: Int,
        upTo maximum: MinorUnits = .largestPayment
    ) throws(AmountProblem) -> MinorUnits {
        guard text.utf8.count <= maximumLength else { throw .malformed }
        var value: Int64 = 0
        var isTooLarge = false
        var digits = 0
        var fractionDigits = 0
        var hasPoint = false
        for byte in text.utf8 {
            if byte == UInt8(ascii: "."), !hasPoint, digits > 0 {
                hasPoint = true
                continue
            }
            guard (48...57).contains(byte) else { throw .malformed }
            digits += 1
            if hasPoint { fractionDigits += 1 }
            let (product, tooLarge) = value.multipliedReportingOverflow(by: 10)
            let (sum, overflow) = product.addingReportingOverflow(Int64(byte - 48))
            isTooLarge = isTooLarge || tooLarge || overflow
            value = sum
        }
        guard digits > 0, !hasPoint || fractionDigits > 0 else { throw .malformed }
        guard fractionDigits <= places else { throw .tooManyPlaces }
        for _ in fractionDigits..<places {
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            isTooLarge = isTooLarge || overflow
            value = product
        }
        guard !isTooLarge, value <= maximum.rawValue else { throw .tooLarge }
        guard value > 0 else { throw .zero }
        return MinorUnits(value)
    }

    /// Returns an amount's text as its client wrote it, without zeros before the number and with
    /// zeros added up to two places.
    public static func atLeastTwoPlaces(_ written: String) -> String {
        let zeros = written.prefix { $0 == "0" }.count
        let number = written.dropFirst(zeros)
        let text = number.first?.isWholeNumber == true ? String(number) : "0" + number
        guard let point = text.utf8.firstIndex(of: UInt8(ascii: ".")) else {
            return text + ".00"
        }
        let places = text.utf8.distance(from: point, to: text.utf8.endIndex) - 1
        return text + String(repeating: "0", count: max(0, 2 - places))
    }
}
