/// What waits in many streams together, and how much that may be.
///
/// It belongs to the thread of the server, as the streams do.
public final class StreamBacklog: @unchecked Sendable {
    // Only the server's thread touches it; it is Sendable because its streams are.

    /// The greatest number of bytes.
    public let maximumBytes: Int

    /// The number of bytes that wait.
    public private(set) var bytes = 0

    /// Creates a backlog without streams.
    public init(maximumBytes: Int) {
        self.maximumBytes = maximumBytes
    }

    func take(_ count: Int) -> Bool {
        guard count <= maximumBytes - bytes else { return false }
        bytes += count
        return true
    }

    func giveBack(_ count: Int) {
        bytes -= count
        precondition(bytes >= 0, "bytes are given back once")
    }
}
