/// A question for the policies of an organisation, newest first; presets are the oldest.
public struct ListPolicies: Query {
    public typealias Reply = PolicyList

    public static let wireName = "policy.list-policies.v1"
    public static let service = ServiceName.policy

    /// The organisation that asks.
    public var organisation: Organisation.ID

    /// Which part.
    public var page: PageRequest

    /// Creates a query.
    public init(
        organisation: Organisation.ID,
        page: PageRequest
    ) {
        self.organisation = organisation
        self.page = page
    }
}
