import CSodium

/// What two holders of X25519 keys can compute, and nobody else.
public enum KeyAgreement {
    /// The shared secret of one's secret key and the other's public key, 32 bytes each, or `nil`
    /// when one of them is no key.
    public static func secret(of secretKey: [UInt8], with publicKey: [UInt8]) -> [UInt8]? {
        Sodium.start()
        guard secretKey.count == 32, publicKey.count == 32 else { return nil }
        var secret = [UInt8](repeating: 0, count: 32)
        return crypto_scalarmult(&secret, secretKey, publicKey) == 0 ? secret : nil
    }
}
