/// A question for the releases of a group account, newest first.
public struct ListReleases: Query {
    public typealias Reply = ReleaseList

    public static let wireName = "escrow.list-releases.v1"
    public static let service = ServiceName.escrow

    /// The organisation that asks.
    public var organisation: Organisation.ID

    /// The group account.
    public var group: GroupAccount.ID

    /// Which part of the list.
    public var page: PageRequest

    /// Creates a query.
    public init(organisation: Organisation.ID, group: GroupAccount.ID, page: PageRequest) {
        self.organisation = organisation
        self.group = group
        self.page = page
    }
}
