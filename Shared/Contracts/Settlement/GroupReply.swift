/// A group account, in answer to a request or a question.
public struct GroupReply: Message {
    public static let wireName = "settlement.group-reply.v1"

    /// The group.
    public var group: GroupSnapshot

    /// The members that the wallet in question is.
    public var memberships: [String]

    /// The status of the wallet in question.
    public var walletStatus: WalletSnapshot.Status?

    /// Creates a reply.
    public init(
        group: GroupSnapshot,
        memberships: [String],
        walletStatus: WalletSnapshot.Status? = nil
    ) {
        self.group = group
        self.memberships = memberships
        self.walletStatus = walletStatus
    }
}
