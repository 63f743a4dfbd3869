/// A question which past payments a policy would have decided otherwise.
///
/// The payments are those of all the organisation's wallets, replayed in order with windows of
/// their own;
/// at most 5,000 are read, and more are refused as an invalid request.
public struct SimulateHistory: Query {
    public typealias Reply = HistorySimulation

    public static let wireName = "policy.simulate-history.v1"
    public static let service = ServiceName.policy

    /// The organisation that asks.
    public var organisation: Organisation.ID

    /// The policy.
    public var policy: Policy.ID

    /// The first instant.
    public var since: Timestamp

    /// The instant after the last.
    public var until: Timestamp

    /// Creates a query.
    public init(
        organisation: Organisation.ID,
        policy: Policy.ID,
        since: Timestamp,
        until: Timestamp
    ) {
        self.organisation = organisation
        self.policy = policy
        self.since = since
        self.until = until
    }
}
