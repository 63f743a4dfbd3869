import Crypto

/// A signed head of the chain that was carried away: a later ledger must contain it.
public struct LedgerAnchor: Hashable, Sendable {
    /// The number of the entry.
    public var sequence: Int64

    /// The entry's hash.
    public var hash: [UInt8]

    /// The Ed25519 signature of the hash.
    public var signature: [UInt8]

    /// The public key of the signature.
    public var publicKey: [UInt8]

    /// Creates an anchor.
    public init(sequence: Int64, hash: [UInt8], signature: [UInt8], publicKey: [UInt8]) {
        self.sequence = sequence
        self.hash = hash
        self.signature = signature
        self.publicKey = publicKey
    }

    /// Whether the signature is that of the hash.
    public var isSigned: Bool {
        SigningKey.isValid(signature: signature, of: hash, publicKey: publicKey)
    }
}
