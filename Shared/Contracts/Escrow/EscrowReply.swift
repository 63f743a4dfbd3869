/// An escrow, in answer to a request or a question.
public struct EscrowReply: Message {
    public static let wireName = "escrow.escrow-reply.v1"

    /// The escrow as it stands.
    public var escrow: EscrowSnapshot

    /// Whether the escrow existed before the request that made it.
    public var isReplay: Bool

    /// The secret that signs the escrow's callbacks, in the answer to its making alone.
    public var callbackSecret: String?

    /// Creates a reply.
    public init(
        escrow: EscrowSnapshot,
        isReplay: Bool,
        callbackSecret: String? = nil
    ) {
        self.escrow = escrow
        self.isReplay = isReplay
        self.callbackSecret = callbackSecret
    }
}
