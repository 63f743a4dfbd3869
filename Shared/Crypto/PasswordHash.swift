import CSodium

/// How a passphrase becomes a key (Argon2id, version 1.3).
public struct PasswordHash: Hashable, Sendable {
    /// The random bytes that make equal passphrases different keys.
    public let salt: [UInt8]

    /// How often the memory is gone through, 1 to 16.
    public let passes: Int64

    /// The memory that it takes, 8 MiB to 1 GiB, in KiB.
    public let kibibytes: Int64

    /// Creates the parameters that were used before, or `nil` when they are out of bounds.
    public init?(salt: [UInt8], passes: Int64, kibibytes: Int64) {
        guard salt.count == Int(crypto_pwhash_SALTBYTES), (1...16).contains(passes),
            (8192...1_048_576).contains(kibibytes)
        else { return nil }
        self.salt = salt
        self.passes = passes
        self.kibibytes = kibibytes
    }

    /// Creates parameters for a new passphrase: a random salt, four passes over 64 MiB.
    public init() {
        salt = SecureRandom.bytes(Int(crypto_pwhash_SALTBYTES))
        passes = 4
        kibibytes = 65_536
    }

    /// Returns the 32 bytes of a passphrase's key.
    ///
    /// - Precondition: The machine has the memory.
    public func key(of passphrase: [UInt8]) -> [UInt8] {
        Sodium.start()
        var key = [UInt8](repeating: 0, count: 32)
        let text = passphrase.map { CChar(bitPattern: $0) }
        let result = crypto_pwhash(
            &key,
            UInt64(key.count),
            text,
            UInt64(text.count),
            salt,
            UInt64(passes),
            Int(kibibytes) * 1024,
            Int32(crypto_pwhash_ALG_ARGON2ID13)
        )
        precondition(result == 0, "Argon2id has \(kibibytes) KiB of memory")
        return key
    }
}
