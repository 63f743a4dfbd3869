/// A batch as it stands.
public struct BatchReply: Message {
    public static let wireName = "settlement.batch-reply.v1"

    /// The batch.
    public var batch: BatchSnapshot

    /// Whether it was there before.
    public var isReplay: Bool

    /// Creates a reply.
    public init(
        batch: BatchSnapshot,
        isReplay: Bool = false
    ) {
        self.batch = batch
        self.isReplay = isReplay
    }
}
