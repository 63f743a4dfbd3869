/// A text of bech32 or bech32m: a prefix, five-bit values, and a checksum (BIP 173, BIP 350).
public struct Bech32: Hashable, Sendable {
    /// Which of the two checksums a text has.
    public enum Variant: Sendable {
        /// That of BIP 173.
        case bech32
        /// That of BIP 350.
        case bech32m

        fileprivate var constant: UInt32 { self == .bech32 ? 1 : 0x2BC8_30A3 }
    }

    /// The part before the last `1`, in lower case.
    public var prefix: String

    /// The values between the prefix and the checksum, each below 32.
    public var values: [UInt8]

    /// The checksum's kind.
    public var variant: Variant

    /// The greatest length that BIP 173 allows; Lightning and Ark allow more.
    public static let standardLimit = 90

    /// Creates a text's content.
    public init(prefix: String, values: [UInt8], variant: Variant) {
        self.prefix = prefix
        self.values = values
        self.variant = variant
    }

    /// Reads a text, and checks its checksum.
    ///
    /// - Parameters:
    ///   - text: The text, in lower or in upper case.
    ///   - limit: The greatest number of characters, or `nil` for any.
    /// - Throws: The first thing that is wrong.
    public init(
        parsing text: some Collection<UInt8>,
        limit: Int? = standardLimit
    ) throws(DestinationProblem) {
        if let limit, text.count > limit {
            throw DestinationProblem("It has more than \(limit) characters.")
        }
        let folded = try Self.folded(text)
        guard let mark = folded.lastIndex(of: Self.separator) else {
            throw DestinationProblem("It has no separator 1.")
        }
        guard mark > 0 else { throw DestinationProblem("Nothing stands before the separator 1.") }
        guard folded.count - mark > Self.checksumLength else {
            throw DestinationProblem("It is too short for a checksum.")
        }
        var state = Checksum(prefix: folded[..<mark])
        var values: [UInt8] = []
        values.reserveCapacity(folded.count - mark)
        for byte in folded[(mark + 1)...] {
            let value = Self.value(of: byte)
            guard value < 32 else {
                throw DestinationProblem("It has a character that bech32 does not have.")
            }
            state.add(value)
            values.append(value)
        }
        switch state.remainder {
        case Variant.bech32.constant: variant = .bech32
        case Variant.bech32m.constant: variant = .bech32m
        default: throw DestinationProblem("Its checksum is wrong.")
        }
        values.removeLast(Self.checksumLength)
        self.values = values
        prefix = String(decoding: folded[..<mark], as: UTF8.self)
    }

    /// The text, in lower case.
    public var text: String {
        var state = Checksum(prefix: Array(prefix.utf8)[...])
        for value in values { state.add(value) }
        for _ in 0..<Self.checksumLength { state.add(0) }
        let remainder = state.remainder ^ variant.constant
        var bytes = Array(prefix.utf8) + [Self.separator]
        bytes += values.map { Self.alphabet[Int($0)] }
        for place in 0..<Self.checksumLength {
            let shift = UInt32(5 * (Self.checksumLength - 1 - place))
            bytes.append(Self.alphabet[Int(remainder >> shift & 31)])
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    // MARK: Characters

    static let separator = UInt8(ascii: "1")

    private static let checksumLength = 6

    private static let alphabet = Array("qpzry9x8gf2tvdw0s3jn54khce6mua7l".utf8)

    private static let table: [UInt8] = {
        var table = [UInt8](repeating: 255, count: 256)
        for (value, character) in alphabet.enumerated() { table[Int(character)] = UInt8(value) }
        return table
    }()

    /// The value of a character in lower case; over 31 when it has none.
    static func value(of byte: UInt8) -> UInt8 { table[Int(byte)] }

    /// Returns a text in lower case.
    ///
    /// - Throws: It has both cases, or something that is not visible ASCII.
    static func folded(
        _ text: some Collection<UInt8>
    ) throws(DestinationProblem) -> [UInt8] {
        var hasLower = false
        var hasUpper = false
        var folded: [UInt8] = []
        folded.reserveCapacity(text.count)
        for byte in text {
            switch byte {
            case 0x61...0x7A:
                hasLower = true
                folded.append(byte)
            case 0x41...0x5A:
                hasUpper = true
                folded.append(byte | 0x20)
            case 0x21...0x7E: folded.append(byte)
            default: throw DestinationProblem("It has a character that is not visible ASCII.")
            }
        }
        if hasLower, hasUpper {
            throw DestinationProblem("It mixes upper and lower case.")
        }
        return folded
    }

    /// The remainder of a text's polynomial.
    private struct Checksum {
        private(set) var remainder: UInt32 = 1

        init(prefix: ArraySlice<UInt8>) {
            for byte in prefix { add(byte >> 5) }
            add(0)
            for byte in prefix { add(byte & 31) }
        }

        mutating func add(_ value: UInt8) {
            let top = remainder >> 25
            remainder = (remainder & 0x1FF_FFFF) << 5 ^ UInt32(value)
            if top & 1 != 0 { remainder ^= 0x3B6A_57B2 }
            if top & 2 != 0 { remainder ^= 0x2650_8E6D }
            if top & 4 != 0 { remainder ^= 0x1EA1_19FA }
            if top & 8 != 0 { remainder ^= 0x3D42_33DD }
            if top & 16 != 0 { remainder ^= 0x2A14_62B3 }
        }
    }
}
