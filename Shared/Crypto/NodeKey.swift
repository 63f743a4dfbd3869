import CSecp256k1

/// A key on the curve secp256k1 that signs as a Lightning node (BOLT 11).
///
/// Its descriptions never reveal it.
public struct NodeKey: Sendable {
    /// The number of bytes of a compressed public key.
    public static let publicByteCount = 33

    /// The public key, compressed: 33 bytes.
    public let publicKey: [UInt8]

    private let secretKey: [UInt8]

    /// Creates a key from 32 bytes, or returns `nil` for the few numbers that are no key.
    public init?(secret: [UInt8]) {
        var key = secp256k1_pubkey()
        guard secret.count == 32,
            secp256k1_ec_pubkey_create(Secp256k1.context, &key, secret) == 1
        else { return nil }
        secretKey = secret
        publicKey = Secp256k1.bytes(of: key)
    }

    /// Creates the key of a seed and a purpose: the first derived number that is one.
    public init(seed: [UInt8], purpose: String) {
        for attempt in UInt8(0)...255 {
            let message = Array(purpose.utf8) + [attempt]
            let secret = Array(HMACSHA512.code(of: message, key: seed).prefix(32))
            if let key = NodeKey(secret: secret) {
                self = key
                return
            }
        }
        preconditionFailure("256 numbers that are no keys do not happen")
    }

    /// Returns the signature of a SHA-256, always the same for the same digest.
    ///
    /// - Precondition: The digest has 32 bytes.
    public func signature(of digest: [UInt8]) -> RecoverableSignature {
        precondition(digest.count == 32, "a digest has 32 bytes")
        var signature = secp256k1_ecdsa_recoverable_signature()
        let isSigned = secp256k1_ecdsa_sign_recoverable(
            Secp256k1.context,
            &signature,
            digest,
            secretKey,
            nil,
            nil
        )
        precondition(isSigned == 1, "a valid key signs")
        var bytes = [UInt8](repeating: 0, count: 64)
        var recovery: Int32 = 0
        secp256k1_ecdsa_recoverable_signature_serialize_compact(
            Secp256k1.context,
            &bytes,
            &recovery,
            &signature
        )
        return RecoverableSignature(bytes: bytes, recovery: UInt8(recovery))
    }

    /// Whether bytes are a public key: 33 bytes of a point of the curve.
    public static func isPublicKey(_ bytes: [UInt8]) -> Bool {
        Secp256k1.publicKey(bytes) != nil
    }
}

extension NodeKey: CustomStringConvertible, CustomReflectable {
    public var description: String { "NodeKey(\(Hex.text(of: publicKey)))" }

    public var customMirror: Mirror { Mirror(self, children: []) }
}
