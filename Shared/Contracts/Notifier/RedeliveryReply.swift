/// How much of a range is sent again.
public struct RedeliveryReply: Message {
    public static let wireName = "notifier.redelivery-reply.v1"

    /// The number of events that are sent again.
    public var count: Int

    /// The sequence number up to which the range was read; a longer range goes on after it.
    public var until: Int64

    /// Whether the range goes on.
    public var hasMore: Bool

    /// Creates a reply.
    public init(
        count: Int,
        until: Int64,
        hasMore: Bool
    ) {
        self.count = count
        self.until = until
        self.hasMore = hasMore
    }
}
