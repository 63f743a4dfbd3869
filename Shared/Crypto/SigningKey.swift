import CSodium

/// An Ed25519 key that signs (RFC 8032).
///
/// Its descriptions never reveal it.
public struct SigningKey: Sendable {
    /// The number of bytes of a seed.
    public static let seedByteCount = Int(crypto_sign_SEEDBYTES)

    /// The public key, 32 bytes.
    public let publicKey: [UInt8]

    private let secretKey: [UInt8]

    /// Creates a key from its seed.
    ///
    /// - Precondition: The seed has 32 bytes.
    public init(seed: [UInt8]) {
        precondition(seed.count == Self.seedByteCount, "a seed has 32 bytes")
        Sodium.start()
        var publicKey = [UInt8](repeating: 0, count: Int(crypto_sign_PUBLICKEYBYTES))
        var secretKey = [UInt8](repeating: 0, count: Int(crypto_sign_SECRETKEYBYTES))
        crypto_sign_seed_keypair(&publicKey, &secretKey, seed)
        self.publicKey = publicKey
        self.secretKey = secretKey
    }

    /// Returns the signature of a message, 64 bytes, always the same for the same message.
    public func signature(of message: [UInt8]) -> [UInt8] {
        var signature = [UInt8](repeating: 0, count: Int(crypto_sign_BYTES))
        crypto_sign_detached(&signature, nil, message, UInt64(message.count), secretKey)
        return signature
    }

    /// Whether a signature is that of a message under a public key.
    public static func isValid(
        signature: [UInt8],
        of message: [UInt8],
        publicKey: [UInt8]
    ) -> Bool {
        guard signature.count == Int(crypto_sign_BYTES),
            publicKey.count == Int(crypto_sign_PUBLICKEYBYTES)
        else { return false }
        Sodium.start()
        return crypto_sign_verify_detached(
            signature,
            message,
            UInt64(message.count),
            publicKey
        ) == 0
    }
}

extension SigningKey: CustomStringConvertible, CustomReflectable {
    public var description: String { "SigningKey(\(Base58.text(of: publicKey)))" }

    public var customMirror: Mirror { Mirror(self, children: []) }
}
