import Contracts
import Crypto

extension Offer {
    private static let prefix = Array("lno".utf8)

    /// Joins the parts of an offer that was broken into lines: a `+` with whitespace after it may
    /// stand between any two characters (BOLT 12, encoding).
    ///
    /// - Throws: A `+` stands elsewhere.
    static func joined(_ text: some Collection<UInt8>) throws(DestinationProblem) -> [UInt8] {
        var joined: [UInt8] = []
        joined.reserveCapacity(text.count)
        var isAfterPlus = false
        for byte in text {
            switch byte {
            case UInt8(ascii: "+"):
                guard !isAfterPlus, !joined.isEmpty else {
                    throw DestinationProblem("A + stands not between two characters.")
                }
                isAfterPlus = true
            case 0x09, 0x0A, 0x0D, 0x20:
                guard isAfterPlus else { throw DestinationProblem("It has a space.") }
            default:
                isAfterPlus = false
                joined.append(byte)
            }
        }
        guard !isAfterPlus else {
            throw DestinationProblem("A + stands not between two characters.")
        }
        return joined
    }

    /// Reads an offer whose parts are joined.
    ///
    /// - Throws: What is wrong with it.
    init(parsing text: some Collection<UInt8>) throws(DestinationProblem) {
        let folded = try Bech32.folded(text)
        guard folded.starts(with: Self.prefix + [Bech32.separator]) else {
            throw DestinationProblem("It begins like no offer.")
        }
        var values: [UInt8] = []
        values.reserveCapacity(folded.count)
        for byte in folded.dropFirst(Self.prefix.count + 1) {
            let value = Bech32.value(of: byte)
            guard value < 32 else {
                throw DestinationProblem("It has a character that bech32 does not have.")
            }
            values.append(value)
        }
        guard let bytes = FiveBits.bytes(of: values) else {
            throw DestinationProblem("Its padding is wrong.")
        }
        guard !bytes.isEmpty else { throw DestinationProblem("It is empty.") }
        try read(bytes)
        try check()
    }

    /// Reads the fields, which stand in ascending order.
    private mutating func read(_ bytes: [UInt8]) throws(DestinationProblem) {
        var reader = ByteReader(bytes)
        var last: UInt64?
        while !reader.isAtEnd {
            guard let type = reader.bigSize() else {
                throw DestinationProblem("It ends within the type of a field.")
            }
            guard last.map({ $0 < type }) ?? true else {
                throw DestinationProblem("Its fields are not in ascending order.")
            }
            last = type
            guard (1...79).contains(type) || (1_000_000_000...1_999_999_999).contains(type) else {
                throw DestinationProblem("Its field \(type) is none of an offer's.")
            }
            guard let size = reader.bigSize(), size <= UInt64(reader.count),
                let value = reader.bytes(Int(size))
            else { throw DestinationProblem("It ends within the field \(type).") }
            try read(type, value)
        }
    }

    private mutating func read(
        _ type: UInt64,
        _ value: ArraySlice<UInt8>
    ) throws(DestinationProblem) {
        switch type {
        case 2: chains = try Self.chains(value)
        case 4: metadata = Array(value)
        case 6:
            guard value.count == 3, value.allSatisfy({ (65...90).contains($0) }) else {
                throw DestinationProblem("Its currency is not three capital letters.")
            }
            currency = String(decoding: value, as: UTF8.self)
        case 8: amount = try Self.number(value, "amount")
        case 10: description = try Self.text(value, "description")
        case 12: features = Self.bits(value)
        case 14:
            let seconds = try Self.number(value, "expiry")
            expiresAt = Timestamp(milliseconds: Int64(min(seconds, 1 << 50)) * 1000)
        case 16: paths = try Self.paths(value)
        case 18: issuer = try Self.text(value, "issuer")
        case 20: maximumQuantity = try Self.number(value, "quantity")
        case 22:
            guard NodeKey.isPublicKey(Array(value)) else {
                throw DestinationProblem("Its issuer's public key is none.")
            }
            issuerKey = Array(value)
        default:
            guard !type.isMultiple(of: 2) else {
                throw DestinationProblem("It demands the field \(type), which is unknown.")
            }
        }
    }

    /// Checks what fields demand of each other.
    private func check() throws(DestinationProblem) {
        if let bit = features.first(where: { $0.isMultiple(of: 2) }) {
            throw DestinationProblem("It demands the feature \(bit), which is unknown.")
        }
        if amount == 0 { throw DestinationProblem("Its amount is zero.") }
        if amount != nil, description == nil {
            throw DestinationProblem("It has an amount and no description.")
        }
        if currency != nil, amount == nil {
            throw DestinationProblem("It has a currency and no amount.")
        }
        if issuerKey == nil, paths.isEmpty {
            throw DestinationProblem("It names neither an issuer nor a route.")
        }
    }

    // MARK: Values

    private static func chains(
        _ value: ArraySlice<UInt8>
    ) throws(DestinationProblem) -> [[UInt8]] {
        guard !value.isEmpty, value.count.isMultiple(of: 32) else {
            throw DestinationProblem("Its chains have not 32 bytes each.")
        }
        return stride(from: value.startIndex, to: value.endIndex, by: 32).map {
            Array(value[$0..<$0 + 32])
        }
    }

    /// A number in its shortest form: no leading zero, at most 8 bytes.
    private static func number(
        _ value: ArraySlice<UInt8>,
        _ name: String
    ) throws(DestinationProblem) -> UInt64 {
        guard value.count <= 8, value.first != 0 else {
            throw DestinationProblem("Its \(name) is no number in the shortest form.")
        }
        return value.reduce(0) { $0 << 8 | UInt64($1) }
    }

    private static func text(
        _ value: ArraySlice<UInt8>,
        _ name: String
    ) throws(DestinationProblem) -> String {
        guard let text = String(validating: value, as: UTF8.self) else {
            throw DestinationProblem("Its \(name) is not UTF-8.")
        }
        return text
    }

    private static func bits(_ value: ArraySlice<UInt8>) -> [Int] {
        var bits: [Int] = []
        for (place, byte) in value.reversed().enumerated() {
            for bit in 0..<8 where byte >> bit & 1 == 1 { bits.append(place * 8 + bit) }
        }
        return bits
    }

    /// Hidden routes: each a first node, a path key, and 1 or more steps.
    private static func paths(
        _ value: ArraySlice<UInt8>
    ) throws(DestinationProblem) -> [[UInt8]] {
        guard !value.isEmpty else { throw DestinationProblem("It has routes, and none of them.") }
        var reader = ByteReader(value)
        var paths: [[UInt8]] = []
        while !reader.isAtEnd {
            let before = reader.count
            try skipPath(&reader)
            let start = value.endIndex - before
            paths.append(Array(value[start..<value.endIndex - reader.count]))
        }
        return paths
    }

    private static func skipPath(_ reader: inout ByteReader) throws(DestinationProblem) {
        guard let first = reader.byte() else { throw DestinationProblem("A route is empty.") }
        // A channel and a direction, or a node's public key.
        let rest = first < 2 ? 8 : 32
        guard let node = reader.bytes(rest), first < 2 || NodeKey.isPublicKey([first] + node) else {
            throw DestinationProblem("The first node of a route is none.")
        }
        guard let key = reader.bytes(33), NodeKey.isPublicKey(Array(key)) else {
            throw DestinationProblem("The path key of a route is none.")
        }
        guard let count = reader.byte(), count > 0 else {
            throw DestinationProblem("A route has no steps.")
        }
        for _ in 0..<count {
            guard let node = reader.bytes(33), NodeKey.isPublicKey(Array(node)) else {
                throw DestinationProblem("A step of a route has no node.")
            }
            guard let size = reader.number(2), reader.bytes(Int(size)) != nil else {
                throw DestinationProblem("It ends within a step of a route.")
            }
        }
    }
}
