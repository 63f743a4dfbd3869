import CSecp256k1

/// An ECDSA signature on secp256k1 from which the signer's public key can be recovered.
public struct RecoverableSignature: Hashable, Sendable {
    /// The numbers r and s: 64 bytes.
    public var bytes: [UInt8]

    /// Which of the possible keys it is: 0 to 3.
    public var recovery: UInt8

    /// Creates a signature from its parts.
    public init(bytes: [UInt8], recovery: UInt8) {
        self.bytes = bytes
        self.recovery = recovery
    }

    /// Returns the compressed public key that made the signature of a SHA-256, or `nil`.
    public func publicKey(signing digest: [UInt8]) -> [UInt8]? {
        guard bytes.count == 64, digest.count == 32, recovery < 4 else { return nil }
        var signature = secp256k1_ecdsa_recoverable_signature()
        var key = secp256k1_pubkey()
        guard
            secp256k1_ecdsa_recoverable_signature_parse_compact(
                Secp256k1.context,
                &signature,
                bytes,
                Int32(recovery)
            ) == 1,
            secp256k1_ecdsa_recover(Secp256k1.context, &key, &signature, digest) == 1
        else { return nil }
        return Secp256k1.bytes(of: key)
    }

    /// Whether it is the signature of a SHA-256 by a public key, in the one canonical form (low s).
    public func isValid(of digest: [UInt8], by publicKey: [UInt8]) -> Bool {
        guard bytes.count == 64, digest.count == 32,
            var key = Secp256k1.publicKey(publicKey)
        else { return false }
        var signature = secp256k1_ecdsa_signature()
        return secp256k1_ecdsa_signature_parse_compact(Secp256k1.context, &signature, bytes) == 1
            && secp256k1_ecdsa_verify(Secp256k1.context, &signature, digest, &key) == 1
    }
}
