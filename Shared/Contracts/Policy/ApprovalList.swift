/// A page of approvals.
public struct ApprovalList: Message {
    public static let wireName = "policy.approval-list.v1"

    /// The approvals.
    public var approvals: [ApprovalSnapshot]

    /// Where the list goes on, if it does.
    public var next: PagePosition?

    /// Creates a reply.
    public init(
        approvals: [ApprovalSnapshot],
        next: PagePosition? = nil
    ) {
        self.approvals = approvals
        self.next = next
    }
}
