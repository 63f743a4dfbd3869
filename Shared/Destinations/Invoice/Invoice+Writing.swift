import Contracts
public import Crypto

extension Invoice {
    /// The features of the invoices that the platform issues: onions of variable size and payment
    /// secrets, both required.
    private static let ownFeatures: [UInt8] = [16, 8, 0]

    /// The text of the invoice, signed by the payee.
    ///
    /// Fallbacks, metadata and other features than the platform's are not written. A route has at
    /// most 12 steps, as many as one field holds.
    public func text(signedBy key: NodeKey) -> String {
        let prefix = "ln" + network.invoicePrefix + (millisatoshis.map(Self.amount) ?? "")
        var values = Self.values(of: createdAt.rawValue / 1000, count: 7)
        values += Self.field(.paymentHash, FiveBits.values(of: paymentHash))
        values += Self.field(.paymentSecret, FiveBits.values(of: paymentSecret))
        if let descriptionHash {
            values += Self.field(.descriptionHash, FiveBits.values(of: descriptionHash))
        } else {
            let bytes = (description ?? "").utf8.prefix(639)
            values += Self.field(.description, FiveBits.values(of: bytes))
        }
        values += Self.field(.expiry, Self.values(of: expirySeconds))
        values += Self.field(.finalExpiryDelta, Self.values(of: finalExpiryDelta))
        values += Self.field(.features, Self.ownFeatures)
        for route in routes {
            values += Self.field(.route, FiveBits.values(of: route.prefix(12).flatMap(\.bytes)))
        }
        let signed = Array(prefix.utf8) + FiveBits.paddedBytes(of: values)
        let signature = key.signature(of: SHA256.digest(of: signed))
        values += FiveBits.values(of: signature.bytes + [signature.recovery])
        return Bech32(prefix: prefix, values: values, variant: .bech32).text
    }

    private static func field(_ tag: Tag, _ values: [UInt8]) -> [UInt8] {
        [tag.rawValue, UInt8(values.count >> 5), UInt8(values.count & 31)] + values
    }

    /// The shortest amount with a multiplier.
    private static func amount(_ millisatoshis: Int64) -> String {
        let units: [(Int64, String)] = [
            (100_000_000_000, ""), (100_000_000, "m"), (100_000, "u"), (100, "n"),
        ]
        for (unit, letter) in units where millisatoshis.isMultiple(of: unit) {
            return "\(millisatoshis / unit)\(letter)"
        }
        return "\(millisatoshis)0p"
    }

    /// The five-bit values of a number, as few as can be or as many as are asked for.
    private static func values(of number: Int64, count: Int? = nil) -> [UInt8] {
        var values: [UInt8] = []
        var rest = number
        while rest > 0 || values.count < (count ?? 1) {
            values.append(UInt8(rest & 31))
            rest >>= 5
        }
        return values.reversed()
    }
}

extension Invoice.Hop {
    /// The step as it is written: 51 bytes.
    fileprivate var bytes: [UInt8] {
        node + Self.bytes(of: channel) + Self.bytes(of: baseFee)
            + Self.bytes(of: proportionalFee) + Self.bytes(of: expiryDelta)
    }

    /// The bytes of a number, the greatest first.
    private static func bytes<Number: FixedWidthInteger>(of number: Number) -> [UInt8] {
        stride(from: Number.bitWidth - 8, through: 0, by: -8).map {
            UInt8(truncatingIfNeeded: number >> Number($0))
        }
    }
}
