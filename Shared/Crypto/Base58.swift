/// Base58 with bitcoin's alphabet.
public enum Base58 {
    private static let alphabet = Array(
        "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz".utf8
    )

    private static let values: [UInt8] = {
        var values = [UInt8](repeating: 255, count: 256)
        for (value, character) in alphabet.enumerated() {
            values[Int(character)] = UInt8(value)
        }
        return values
    }()

    /// 58^5, the greatest power of 58 that leaves room to carry 32 bits.
    private static let limbBase: UInt64 = 656_356_768

    /// Returns the text of bytes.
    public static func text(of bytes: [UInt8]) -> String {
        let zeros = bytes.prefix { $0 == 0 }.count
        var limbs: [UInt32] = []
        limbs.reserveCapacity(bytes.count * 2 / 7 + 2)
        var index = zeros
        while index < bytes.count {
            let width = min(4, bytes.count - index)
            var carry: UInt64 = 0
            for byte in bytes[index..<index + width] { carry = carry << 8 | UInt64(byte) }
            for place in limbs.indices {
                let value = UInt64(limbs[place]) << UInt64(width * 8) + carry
                limbs[place] = UInt32(value % limbBase)
                carry = value / limbBase
            }
            while carry > 0 {
                limbs.append(UInt32(carry % limbBase))
                carry /= limbBase
            }
            index += width
        }
        return text(zeros: zeros, limbs: limbs)
    }

    /// Returns the bytes of a text, or `nil` when it is not base58 or has too many bytes.
    public static func bytes(of text: String, maximumBytes: Int = 128) -> [UInt8]? {
        guard text.utf8.count <= maximumBytes * 2 else { return nil }
        var bytes: [UInt8] = []
        for character in text.utf8 {
            var carry = Int(values[Int(character)])
            guard carry < 58 else { return nil }
            for place in bytes.indices {
                carry += Int(bytes[place]) * 58
                bytes[place] = UInt8(carry & 255)
                carry >>= 8
            }
            while carry > 0 {
                bytes.append(UInt8(carry & 255))
                carry >>= 8
            }
        }
        let zeros = text.utf8.prefix { $0 == UInt8(ascii: "1") }.count
        guard zeros + bytes.count <= maximumBytes else { return nil }
        return [UInt8](repeating: 0, count: zeros) + bytes.reversed()
    }

    private static func text(zeros: Int, limbs: [UInt32]) -> String {
        var digits: [UInt8] = []
        digits.reserveCapacity(limbs.count * 5)
        for limb in limbs {
            var rest = limb
            for _ in 0..<5 {
                digits.append(UInt8(rest % 58))
                rest /= 58
            }
        }
        while digits.last == 0 { digits.removeLast() }
        var text = [UInt8](repeating: alphabet[0], count: zeros)
        for digit in digits.reversed() { text.append(alphabet[Int(digit)]) }
        return String(decoding: text, as: UTF8.self)
    }
}
