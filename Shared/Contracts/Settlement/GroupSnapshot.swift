/// A group account as its readers see it.
public struct GroupSnapshot: Codable, Hashable, Sendable {
    /// The identifier: derived from the organisation, the members, the threshold and the asset.
    public var id: GroupAccount.ID

    /// The organisation.
    public var organisation: Organisation.ID

    /// The distinct members, sorted: lower-case UUIDs.
    public var members: [String]

    /// How many of them must sign.
    public var threshold: Int

    /// What it holds.
    public var balance: Balance

    /// When it was opened.
    public var createdAt: Timestamp

    /// Creates a value.
    public init(
        id: GroupAccount.ID,
        organisation: Organisation.ID,
        members: [String],
        threshold: Int,
        balance: Balance,
        createdAt: Timestamp
    ) {
        self.id = id
        self.organisation = organisation
        self.members = members
        self.threshold = threshold
        self.balance = balance
        self.createdAt = createdAt
    }
}
