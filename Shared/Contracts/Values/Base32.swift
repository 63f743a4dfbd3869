/// Lower-case Crockford base32.
public enum Base32 {
    private static let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)

    /// Returns 26 characters for 16 bytes, most significant bits first, so that the texts sort as
    /// the bytes do.
    ///
    /// - Precondition: There are 16 bytes.
    public static func text(of bytes: [UInt8]) -> String {
        precondition(bytes.count == 16, "an identifier has 16 bytes")
        var high: UInt64 = 0
        var low: UInt64 = 0
        for index in 0..<8 {
            high = high << 8 | UInt64(bytes[index])
            low = low << 8 | UInt64(bytes[index + 8])
        }
        return String(capacity: 26) { position in
            let shift = (25 - position) * 5
            let bits: UInt64
            if shift >= 64 {
                bits = high >> UInt64(shift - 64)
            } else if shift == 0 {
                bits = low
            } else {
                bits = low >> UInt64(shift) | high << UInt64(64 - shift)
            }
            return alphabet[Int(bits & 31)]
        }
    }
}

extension String {
    fileprivate init(capacity: Int, _ byte: (Int) -> UInt8) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(capacity)
        for position in 0..<capacity {
            bytes.append(byte(position))
        }
        self = String(decoding: bytes, as: UTF8.self)
    }
}
