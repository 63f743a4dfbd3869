/// A request to take a release back that waits for signatures.
public struct CancelRelease: Request {
    public typealias Reply = ReleaseReply

    public static let wireName = "escrow.cancel-release.v1"
    public static let service = ServiceName.escrow

    /// The organisation that asks.
    public var organisation: Organisation.ID

    /// The release.
    public var release: GroupRelease.ID

    /// Its group account.
    public var group: GroupAccount.ID

    /// Creates a request.
    public init(organisation: Organisation.ID, release: GroupRelease.ID, group: GroupAccount.ID) {
        self.organisation = organisation
        self.release = release
        self.group = group
    }
}
