/// A question for the approvals of an organisation, newest first.
public struct ListApprovals: Query {
    public typealias Reply = ApprovalList

    public static let wireName = "policy.list-approvals.v1"
    public static let service = ServiceName.policy

    /// The organisation that asks.
    public var organisation: Organisation.ID

    /// Only those of a status.
    public var status: ApprovalSnapshot.Status?

    /// Only those of a wallet.
    public var wallet: Wallet.ID?

    /// Which part.
    public var page: PageRequest

    /// Creates a query.
    public init(
        organisation: Organisation.ID,
        status: ApprovalSnapshot.Status? = nil,
        wallet: Wallet.ID? = nil,
        page: PageRequest
    ) {
        self.organisation = organisation
        self.status = status
        self.wallet = wallet
        self.page = page
    }
}
