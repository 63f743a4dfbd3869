/// A request to say yes or no to the action of an approval.
///
/// A decided or expired approval is refused as a conflict, and so is a yes after the policy's rules
/// changed.
public struct DecideApproval: Request {
    public typealias Reply = ApprovalReply

    public static let wireName = "policy.decide-approval.v1"
    public static let service = ServiceName.policy

    /// The organisation that asks.
    public var organisation: Organisation.ID

    /// The approval.
    public var approval: Approval.ID

    /// Whether the answer is yes.
    public var isApproved: Bool

    /// The key of the person who decides.
    public var decidedBy: APIKey.ID

    /// The payer's status as the asker found it: only an active wallet's payment can be approved.
    public var walletStatus: WalletSnapshot.Status?

    /// Whom the destination leads to as the asker found it: what is nobody's any more, or a closed
    /// wallet's, cannot be approved.
    public var recipient: RecipientState?

    /// What the person says about it.
    public var reason: String?

    /// Whom a destination leads to.
    public enum RecipientState: String, Codable, CaseIterable, Sendable {
        /// A wallet or group of the organisation, or a place that a rail may lead to.
        case open
        /// A wallet that is closed.
        case closed
        /// Nobody, and no rail leads there.
        case nobody
    }

    /// Creates a request.
    public init(
        organisation: Organisation.ID,
        approval: Approval.ID,
        isApproved: Bool,
        decidedBy: APIKey.ID,
        walletStatus: WalletSnapshot.Status? = nil,
        recipient: RecipientState? = nil,
        reason: String? = nil
    ) {
        self.organisation = organisation
        self.approval = approval
        self.isApproved = isApproved
        self.decidedBy = decidedBy
        self.walletStatus = walletStatus
        self.recipient = recipient
        self.reason = reason
    }
}
