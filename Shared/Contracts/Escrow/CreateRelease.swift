/// A request for a release of money from a group account, which its members then sign.
///
/// It moves nothing by itself, and asking is not signing.
public struct CreateRelease: Request {
    public typealias Reply = ReleaseReply

    public static let wireName = "escrow.create-release.v1"
    public static let service = ServiceName.escrow

    /// The organisation that asks.
    public var organisation: Organisation.ID

    /// The identifier: derived from the idempotency key, or random without one.
    public var id: GroupRelease.ID

    /// The group account.
    public var group: GroupAccount.ID

    /// The members who may sign.
    public var members: [String]

    /// How many of them must sign.
    public var threshold: Int

    /// Who is paid: somebody of the organisation.
    public var destination: Destination

    /// The destination as the client wrote it.
    public var recipient: String

    /// The wallet that the destination leads to: it is paid whatever happens to the name.
    public var receiverWallet: Wallet.ID?

    /// The amount.
    public var amount: Money

    /// The amount as the client wrote it, with at least two places.
    public var amountText: String

    /// The wallet of the key that asks.
    public var createdBy: Wallet.ID?

    /// The SHA-256 of the request's content, in hexadecimal.
    public var digest: String

    /// Creates a request.
    public init(
        organisation: Organisation.ID,
        id: GroupRelease.ID,
        group: GroupAccount.ID,
        members: [String],
        threshold: Int,
        destination: Destination,
        recipient: String,
        receiverWallet: Wallet.ID? = nil,
        amount: Money,
        amountText: String,
        createdBy: Wallet.ID? = nil,
        digest: String
    ) {
        self.organisation = organisation
        self.id = id
        self.group = group
        self.members = members
        self.threshold = threshold
        self.destination = destination
        self.recipient = recipient
        self.receiverWallet = receiverWallet
        self.amount = amount
        self.amountText = amountText
        self.createdBy = createdBy
        self.digest = digest
    }
}
