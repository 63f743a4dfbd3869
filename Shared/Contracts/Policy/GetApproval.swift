/// A question for one approval.
public struct GetApproval: Query {
    public typealias Reply = ApprovalReply

    public static let wireName = "policy.get-approval.v1"
    public static let service = ServiceName.policy

    /// The organisation that asks.
    public var organisation: Organisation.ID

    /// The approval.
    public var approval: Approval.ID

    /// Creates a query.
    public init(
        organisation: Organisation.ID,
        approval: Approval.ID
    ) {
        self.organisation = organisation
        self.approval = approval
    }
}
