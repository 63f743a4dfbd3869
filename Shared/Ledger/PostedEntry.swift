/// An entry that was posted.
public struct PostedEntry: Hashable, Sendable {
    /// Its number, from 1, without gaps.
    public var sequence: Int64

    /// Its hash, which is the head of the chain after it.
    public var hash: [UInt8]
}
