import CSodium

/// SHA-256 (FIPS 180-4).
public struct SHA256 {
    /// The number of bytes of a digest.
    public static let byteCount = Int(crypto_hash_sha256_BYTES)

    private var state = crypto_hash_sha256_state()

    /// Begins a digest.
    public init() {
        Sodium.start()
        crypto_hash_sha256_init(&state)
    }

    /// Adds bytes.
    public mutating func update(_ bytes: [UInt8]) {
        crypto_hash_sha256_update(&state, bytes, UInt64(bytes.count))
    }

    /// Adds bytes that are somewhere else's.
    public mutating func update(_ bytes: UnsafeRawBufferPointer) {
        guard let start = bytes.bindMemory(to: UInt8.self).baseAddress else { return }
        crypto_hash_sha256_update(&state, start, UInt64(bytes.count))
    }

    /// Returns the digest of all that was added.
    public consuming func finalize() -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: Self.byteCount)
        crypto_hash_sha256_final(&state, &digest)
        return digest
    }

    /// Returns the digest of bytes.
    public static func digest(of bytes: [UInt8]) -> [UInt8] {
        Sodium.start()
        var digest = [UInt8](repeating: 0, count: byteCount)
        crypto_hash_sha256(&digest, bytes, UInt64(bytes.count))
        return digest
    }

    /// Returns the digest of bytes in lower-case hexadecimal.
    public static func hex(of bytes: [UInt8]) -> String {
        Hex.text(of: digest(of: bytes))
    }
}
