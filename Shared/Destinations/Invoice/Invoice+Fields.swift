import Crypto

extension Invoice {
    /// The tagged fields, as far as they are known.
    struct Fields {
        var paymentHash: [UInt8]?
        var paymentSecret: [UInt8]?
        var description: String?
        var descriptionHash: [UInt8]?
        var payee: [UInt8]?
        var expirySeconds: Int64?
        var finalExpiryDelta: Int64?
        var features: [Int] = []
        var metadata: [UInt8]?
        var fallbacks: [BitcoinAddress] = []
        var routes: [[Hop]] = []

        /// The lengths that 256 bits and a public key have.
        private static let hashLength = 52
        private static let keyLength = 53

        private static let hopByteCount = 51

        private var seen: Set<UInt8> = []

        /// Reads all fields; those of an unknown type or of another length than theirs are skipped.
        mutating func read(
            _ values: ArraySlice<UInt8>,
            on network: BitcoinNetwork
        ) throws(DestinationProblem) {
            var rest = values
            while !rest.isEmpty {
                guard rest.count >= 3 else {
                    throw DestinationProblem("It ends within the head of a field.")
                }
                let head = Array(rest.prefix(3))
                let length = Int(head[1]) << 5 | Int(head[2])
                rest = rest.dropFirst(3)
                guard rest.count >= length else {
                    throw DestinationProblem("It ends within a field.")
                }
                try read(head[0], rest.prefix(length), on: network)
                rest = rest.dropFirst(length)
            }
        }

        private mutating func read(
            _ type: UInt8,
            _ data: ArraySlice<UInt8>,
            on network: BitcoinNetwork
        ) throws(DestinationProblem) {
            guard let tag = Tag(rawValue: type) else { return }
            switch tag {
            case .paymentHash, .paymentSecret, .descriptionHash:
                guard data.count == Self.hashLength else { return }
            case .payee:
                guard data.count == Self.keyLength else { return }
            default: break
            }
            if tag != .fallback, tag != .route, !seen.insert(type).inserted {
                throw DestinationProblem("It has a field twice.")
            }
            switch tag {
            case .paymentHash: paymentHash = FiveBits.wholeBytes(of: data)
            case .paymentSecret: paymentSecret = FiveBits.wholeBytes(of: data)
            case .descriptionHash: descriptionHash = FiveBits.wholeBytes(of: data)
            case .payee: payee = FiveBits.wholeBytes(of: data)
            case .description:
                let bytes = FiveBits.wholeBytes(of: data)
                guard let text = String(validating: bytes, as: UTF8.self) else {
                    throw DestinationProblem("Its description is not UTF-8.")
                }
                description = text
            case .expiry: expirySeconds = FiveBits.number(of: data)
            case .finalExpiryDelta: finalExpiryDelta = FiveBits.number(of: data)
            case .features: features = Self.bits(of: data)
            case .metadata: metadata = FiveBits.wholeBytes(of: data)
            case .fallback:
                if let address = BitcoinAddress(fallback: data, on: network) {
                    fallbacks.append(address)
                }
            case .route: routes.append(try Self.route(FiveBits.wholeBytes(of: data)))
            }
        }

        /// The numbers of the bits that are set, the last bit being 0.
        private static func bits(of values: ArraySlice<UInt8>) -> [Int] {
            var bits: [Int] = []
            for (place, value) in values.reversed().enumerated() {
                for bit in 0..<5 where value >> bit & 1 == 1 { bits.append(place * 5 + bit) }
            }
            return bits
        }

        private static func route(_ bytes: [UInt8]) throws(DestinationProblem) -> [Hop] {
            guard !bytes.isEmpty, bytes.count.isMultiple(of: hopByteCount) else {
                throw DestinationProblem("A route has an incomplete step.")
            }
            var reader = ByteReader(bytes)
            var hops: [Hop] = []
            while let node = reader.bytes(NodeKey.publicByteCount),
                let channel = reader.number(8), let base = reader.number(4),
                let proportional = reader.number(4), let delta = reader.number(2)
            {
                hops.append(
                    Hop(
                        node: Array(node),
                        channel: channel,
                        baseFee: UInt32(base),
                        proportionalFee: UInt32(proportional),
                        expiryDelta: UInt16(delta)
                    )
                )
            }
            return hops
        }
    }

    /// The types of the fields: the values of their letters in bech32.
    enum Tag: UInt8 {
        /// `p`
        case paymentHash = 1
        /// `r`
        case route = 3
        /// `9`
        case features = 5
        /// `x`
        case expiry = 6
        /// `f`
        case fallback = 9
        /// `d`
        case description = 13
        /// `s`
        case paymentSecret = 16
        /// `n`
        case payee = 19
        /// `h`
        case descriptionHash = 23
        /// `c`
        case finalExpiryDelta = 24
        /// `m`
        case metadata = 27
    }
}
