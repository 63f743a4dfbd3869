/// What the reader refuses because it is too much.
public struct JSONLimits: Hashable, Sendable {
    /// The greatest number of arrays and objects inside each other.
    public var maximumDepth: Int

    /// The greatest number of bytes of a document.
    public var maximumBytes: Int

    /// The greatest number of characters of a number.
    public var maximumNumberLength: Int

    /// The greatest number of values and keys: each takes many times the bytes of its text.
    public var maximumValues: Int

    /// The limits of every request and message: 64 levels (API.md, section 0), 16 MiB, numbers of
    /// 1,000 characters, and 2^20 values and keys.
    public static let standard = JSONLimits()

    /// Creates limits.
    ///
    /// - Precondition: The depth is 1 to 512, and the size is below 2 GiB.
    public init(
        maximumDepth: Int = 64,
        maximumBytes: Int = 16 << 20,
        maximumNumberLength: Int = 1000,
        maximumValues: Int = 1 << 20
    ) {
        precondition((1...512).contains(maximumDepth), "the reader goes down one call per level")
        precondition((1..<(1 << 31)).contains(maximumBytes), "offsets have 31 bits")
        self.maximumDepth = maximumDepth
        self.maximumBytes = maximumBytes
        self.maximumNumberLength = maximumNumberLength
        self.maximumValues = maximumValues
    }
}
