/// A question for a release.
public struct GetRelease: Query {
    public typealias Reply = ReleaseReply

    public static let wireName = "escrow.get-release.v1"
    public static let service = ServiceName.escrow

    /// The organisation that asks.
    public var organisation: Organisation.ID

    /// The release.
    public var release: GroupRelease.ID

    /// Its group account.
    public var group: GroupAccount.ID

    /// Creates a query.
    public init(organisation: Organisation.ID, release: GroupRelease.ID, group: GroupAccount.ID) {
        self.organisation = organisation
        self.release = release
        self.group = group
    }
}
