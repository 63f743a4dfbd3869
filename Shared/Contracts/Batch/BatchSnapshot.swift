/// A batch of payouts as its readers see it.
public struct BatchSnapshot: Codable, Hashable, Sendable {
    /// The identifier, a lower-case UUID.
    public var id: String

    /// The organisation whose reserve pays.
    public var organisation: Organisation.ID

    /// The name, 1 to 200 characters.
    public var name: String

    /// What the organisation knows it by, unique.
    public var externalID: String?

    /// The status.
    public var status: BatchStatus

    /// The sums.
    public var summary: BatchSummary

    /// When it was made.
    public var createdAt: Timestamp

    /// Creates a value.
    public init(
        id: String,
        organisation: Organisation.ID,
        name: String,
        externalID: String? = nil,
        status: BatchStatus,
        summary: BatchSummary,
        createdAt: Timestamp
    ) {
        self.id = id
        self.organisation = organisation
        self.name = name
        self.externalID = externalID
        self.status = status
        self.summary = summary
        self.createdAt = createdAt
    }
}

extension BatchSnapshot {
    private enum CodingKeys: String, CodingKey {
        case id
        case organisation
        case name
        case externalID = "externalId"
        case status
        case summary
        case createdAt
    }
}
