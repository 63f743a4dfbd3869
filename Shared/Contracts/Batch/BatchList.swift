/// Batches, in answer to ``ListBatches``.
public struct BatchList: Message {
    public static let wireName = "settlement.batch-list.v1"

    /// The batches.
    public var batches: [BatchSnapshot]

    /// Creates a reply.
    public init(
        batches: [BatchSnapshot]
    ) {
        self.batches = batches
    }
}
