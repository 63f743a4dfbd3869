import CSodium

/// Points of the curve Ed25519.
public enum Ed25519Point {
    /// Whether 32 bytes are a point, as Solana asks: a wallet's address is one, a program's is not.
    ///
    /// Points of small order are points too, so that the library's own check is not the one.
    public static func isOnCurve(_ bytes: [UInt8]) -> Bool {
        guard bytes.count == Int(crypto_core_ed25519_BYTES) else { return false }
        Sodium.start()
        var sum = [UInt8](repeating: 0, count: bytes.count)
        return crypto_core_ed25519_add(&sum, bytes, bytes) == 0
    }

    /// Whether 32 bytes can be somebody's public key: a point in its canonical form, of the main
    /// group and not of small order, under which anybody could sign.
    public static func isPublicKey(_ bytes: [UInt8]) -> Bool {
        guard bytes.count == Int(crypto_core_ed25519_BYTES) else { return false }
        Sodium.start()
        return crypto_core_ed25519_is_valid_point(bytes) == 1
    }
}
