/// How a life ended.
public struct Death: Sendable {
    /// Whether the process ended itself, as a fault does; otherwise somebody ended it, or the
    /// kernel, for example because memory was short.
    public var isTrap: Bool

    /// What was at hand, or `nil` for a fault elsewhere.
    public var kind: AtHand?

    /// The name of what was at hand.
    public var name: String

    /// The whole message, or nothing when it could not be written down.
    public var bytes: [UInt8]

    /// Creates a death.
    public init(isTrap: Bool, kind: AtHand?, name: String = "", bytes: [UInt8] = []) {
        self.isTrap = isTrap
        self.kind = kind
        self.name = name
        self.bytes = bytes
    }
}
