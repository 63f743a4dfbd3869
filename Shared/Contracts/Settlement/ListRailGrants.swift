/// A question what an organisation may send over rails.
public struct ListRailGrants: Query {
    public typealias Reply = RailGrants

    public static let wireName = "settlement.list-rail-grants.v1"
    public static let service = ServiceName.settlement

    /// The organisation.
    public var organisation: Organisation.ID

    /// Creates a query.
    public init(organisation: Organisation.ID) {
        self.organisation = organisation
    }
}
