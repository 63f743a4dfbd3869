/// A question for attempts to pay over rails, newest first.
public struct ListAttempts: Query {
    public typealias Reply = AttemptList

    public static let wireName = "settlement.list-attempts.v1"
    public static let service = ServiceName.settlement

    /// The organisation that asks; absent for the platform's owner, who sees all.
    public var organisation: Organisation.ID?

    /// Only those in this state.
    public var state: AttemptSnapshot.State?

    /// Which part of the list.
    public var page: PageRequest

    /// Creates a query.
    public init(
        organisation: Organisation.ID? = nil,
        state: AttemptSnapshot.State? = nil,
        page: PageRequest
    ) {
        self.organisation = organisation
        self.state = state
        self.page = page
    }
}
