/// An escrow, in answer to a request or a question.
public struct EscrowReply: Message {
    public static let wireName = "escrow.escrow-reply.v1"

    /// The escrow as it stands.
    public var escrow: EscrowSnapshot

    /// Whether the escrow existed before the request that made it.
    public var isReplay: Bool

    /// Creates a reply.
    public init(
        escrow: EscrowSnapshot,
        isReplay: Bool
    ) {
        self.escrow = escrow
        self.isReplay = isReplay
    }
}
