/// A request to sign a release; at the threshold the money moves, once.
public struct SignRelease: Request {
    public typealias Reply = ReleaseReply

    public static let wireName = "escrow.sign-release.v1"
    public static let service = ServiceName.escrow

    /// The organisation that asks.
    public var organisation: Organisation.ID

    /// The release.
    public var release: GroupRelease.ID

    /// Its group account.
    public var group: GroupAccount.ID

    /// The members that the signer is.
    public var members: [String]

    /// The wallet that signs; without it nothing is signed.
    public var wallet: Wallet.ID?

    /// Creates a request.
    public init(
        organisation: Organisation.ID,
        release: GroupRelease.ID,
        group: GroupAccount.ID,
        members: [String],
        wallet: Wallet.ID? = nil
    ) {
        self.organisation = organisation
        self.release = release
        self.group = group
        self.members = members
        self.wallet = wallet
    }
}
