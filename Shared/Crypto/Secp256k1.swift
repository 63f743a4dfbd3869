import CSecp256k1

/// The library's context, and what stands between its types and bytes.
enum Secp256k1 {
    // Never changed after it was made, so that every thread may read it.
    nonisolated(unsafe) static let context: OpaquePointer = {
        guard let context = secp256k1_context_create(UInt32(SECP256K1_CONTEXT_NONE)) else {
            preconditionFailure("libsecp256k1 starts")
        }
        return context
    }()

    /// A public key of 33 bytes, read, or `nil` when it is no point of the curve.
    static func publicKey(_ bytes: [UInt8]) -> secp256k1_pubkey? {
        guard bytes.count == NodeKey.publicByteCount else { return nil }
        var key = secp256k1_pubkey()
        return secp256k1_ec_pubkey_parse(context, &key, bytes, bytes.count) == 1 ? key : nil
    }

    /// The 33 bytes of a public key.
    static func bytes(of key: secp256k1_pubkey) -> [UInt8] {
        var key = key
        var bytes = [UInt8](repeating: 0, count: NodeKey.publicByteCount)
        var count = bytes.count
        secp256k1_ec_pubkey_serialize(
            context,
            &bytes,
            &count,
            &key,
            UInt32(SECP256K1_EC_COMPRESSED)
        )
        return bytes
    }
}
