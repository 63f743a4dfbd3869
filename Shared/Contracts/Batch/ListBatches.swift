/// A question for batches, newest first.
public struct ListBatches: Query {
    public typealias Reply = BatchList

    public static let wireName = "settlement.list-batches.v1"
    public static let service = ServiceName.settlement

    /// The organisation that asks.
    public var organisation: Organisation.ID

    /// Only those of a status.
    public var status: BatchStatus?

    /// Only the one with this external identifier.
    public var externalID: String?

    /// The number of newer ones that are left out.
    public var skip: Int

    /// The greatest number, 1 to 1,000.
    public var take: Int

    /// Creates a query.
    public init(
        organisation: Organisation.ID,
        status: BatchStatus? = nil,
        externalID: String? = nil,
        skip: Int,
        take: Int
    ) {
        self.organisation = organisation
        self.status = status
        self.externalID = externalID
        self.skip = skip
        self.take = take
    }
}

extension ListBatches {
    private enum CodingKeys: String, CodingKey {
        case organisation
        case status
        case externalID = "externalId"
        case skip
        case take
    }
}
