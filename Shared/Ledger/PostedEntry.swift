/// An entry that was posted.
public struct PostedEntry: Hashable, Sendable {
    /// Its number, from 1, without gaps.
    public var sequence: Int64

    /// Its hash, which is the head of the chain after it.
    public var hash: [UInt8]

    /// The platform's Ed25519 signature of the hash, 64 bytes.
    public var signature: [UInt8]
}
