import Crypto

/// 32 random bytes that one service alone has, in a file that only its owner can read.
public enum SecretSeed {
    /// Reads the bytes, which are made when there is no file.
    ///
    /// - Throws: The file cannot be read or written, or is something else: it is kept.
    public static func findOrMake(at path: String) throws(Files.Failure) -> [UInt8] {
        let bytes = (try? Files.read(path)) ?? []
        if bytes.isEmpty {
            let seed = SecureRandom.bytes(32)
            try Files.write(Array((Hex.text(of: seed) + "\n").utf8), to: path)
            return seed
        }
        let text = String(decoding: bytes, as: UTF8.self)
        guard let line = text.split(whereSeparator: \.isWhitespace).first,
            let seed = Hex.bytes(of: String(line)), seed.count == 32
        else {
            throw Files.Failure(message: "\(path) does not hold 64 hexadecimal digits; it is kept")
        }
        return seed
    }
}
