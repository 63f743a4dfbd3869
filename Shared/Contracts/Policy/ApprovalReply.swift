/// An approval, in answer to a request or a question.
public struct ApprovalReply: Message {
    public static let wireName = "policy.approval-reply.v1"

    /// The approval.
    public var approval: ApprovalSnapshot

    /// Creates a reply.
    public init(
        approval: ApprovalSnapshot
    ) {
        self.approval = approval
    }
}
