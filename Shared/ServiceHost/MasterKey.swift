public import Crypto

/// The platform's master key: 32 random bytes in a file that only its owner can read.
public enum MasterKey {
    /// Reads the seed.
    ///
    /// - Throws: The file is missing or does not hold 64 hexadecimal digits.
    public static func seed(in path: String) throws(Files.Failure) -> [UInt8] {
        let text = String(decoding: try Files.read(path), as: UTF8.self)
        guard let line = text.split(whereSeparator: \.isWhitespace).first,
            let seed = Hex.bytes(of: String(line)), seed.count == 32
        else {
            throw Files.Failure(message: "\(path) does not hold 64 hexadecimal digits")
        }
        return seed
    }

    /// Writes a new seed, unless the file is there.
    public static func make(at path: String) throws(Files.Failure) {
        if (try? seed(in: path)) != nil { return }
        if let bytes = try? Files.read(path), !bytes.isEmpty {
            throw Files.Failure(message: "\(path) is there and is no master key; it is kept")
        }
        let text = Hex.text(of: SecureRandom.bytes(32)) + "\n"
        try Files.write(Array(text.utf8), to: path)
    }

    /// The key that signs journal entries, derived from the seed.
    public static func signingKey(of seed: [UInt8]) -> SigningKey {
        let label = Array("pursestrings journal signing key".utf8)
        return SigningKey(seed: Array(HMACSHA512.code(of: label, key: seed).prefix(32)))
    }

    /// The key that the secrets of escrows' callbacks are derived from.
    public static func callbackKey(of seed: [UInt8]) -> [UInt8] {
        let label = Array("pursestrings callback secrets".utf8)
        return Array(HMACSHA512.code(of: label, key: seed).prefix(32))
    }

    /// The key that the secrets of webhook endpoints are derived from.
    public static func webhookKey(of seed: [UInt8]) -> [UInt8] {
        let label = Array("pursestrings webhook secrets".utf8)
        return Array(HMACSHA512.code(of: label, key: seed).prefix(32))
    }
}
