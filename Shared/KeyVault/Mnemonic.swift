import CNettle
import Crypto

/// The 24 words of BIP-39 that stand for 32 random bytes, and the seed that comes of them.
public struct Mnemonic: Sendable {
    /// Why words are none of ours.
    public enum Problem: Error, Hashable {
        /// There are not 24 words.
        case wordCount(Int)

        /// The word at a place, counted from 1, is not in the list.
        case unknownWord(at: Int)

        /// All words are in the list, but the last one's checksum is of other words.
        case wrongChecksum
    }

    /// The number of words.
    public static let wordCount = 24

    /// The number of random bytes.
    public static let byteCount = 32

    private static let rounds: UInt32 = 2048
    private static let bitsOfWord = 11

    let entropy: [UInt8]

    /// Makes the words of random bytes.
    ///
    /// - Precondition: There are 32 bytes.
    public init(entropy: [UInt8]) {
        precondition(entropy.count == Self.byteCount, "24 words stand for 32 bytes")
        self.entropy = entropy
    }

    /// Reads words that are separated by white space, in any case.
    ///
    /// - Throws: They are not 24 words of the list, or their checksum is wrong.
    public init(words text: String) throws(Problem) {
        let words = text.lowercased().split(whereSeparator: \.isWhitespace)
        guard words.count == Self.wordCount else { throw .wordCount(words.count) }
        var bytes: [UInt8] = []
        var rest = 0
        var restBits = 0
        for (index, word) in words.enumerated() {
            guard let number = EnglishWords.numbers[String(word)] else {
                throw .unknownWord(at: index + 1)
            }
            rest = rest << Self.bitsOfWord | number
            restBits += Self.bitsOfWord
            while restBits >= 8 {
                restBits -= 8
                bytes.append(UInt8(truncatingIfNeeded: rest >> restBits))
            }
            rest &= (1 << restBits) - 1
        }
        entropy = Array(bytes.prefix(Self.byteCount))
        guard SHA256.digest(of: entropy).first == bytes.last else { throw .wrongChecksum }
    }

    /// Makes the words of new random bytes.
    public static func random() -> Mnemonic {
        Mnemonic(entropy: SecureRandom.bytes(byteCount))
    }

    /// The words, separated by single spaces.
    public var text: String {
        let bytes = entropy + SHA256.digest(of: entropy).prefix(1)
        var words: [String] = []
        var rest = 0
        var restBits = 0
        for byte in bytes {
            rest = rest << 8 | Int(byte)
            restBits += 8
            if restBits >= Self.bitsOfWord {
                restBits -= Self.bitsOfWord
                words.append(EnglishWords.all[rest >> restBits])
                rest &= (1 << restBits) - 1
            }
        }
        return words.joined(separator: " ")
    }

    /// The 64 bytes of BIP-39's seed without a passphrase.
    public func seed() -> [UInt8] {
        let words = Array(text.utf8)
        let salt = Array("mnemonic".utf8)
        var seed = [UInt8](repeating: 0, count: 64)
        nettle_pbkdf2_hmac_sha512(
            words.count,
            words,
            Self.rounds,
            salt.count,
            salt,
            seed.count,
            &seed
        )
        return seed
    }
}

extension Mnemonic: CustomStringConvertible, CustomReflectable {
    public var description: String { "Mnemonic" }

    public var customMirror: Mirror { Mirror(self, children: []) }
}
