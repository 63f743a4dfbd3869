/// A question for the payouts of a batch, in the order in which they were added.
public struct ListPayouts: Query {
    public typealias Reply = PayoutList

    public static let wireName = "settlement.list-payouts.v1"
    public static let service = ServiceName.settlement

    /// The organisation that asks.
    public var organisation: Organisation.ID

    /// The batch, a lower-case UUID.
    public var batch: String

    /// The number of earlier ones that are left out.
    public var skip: Int

    /// The greatest number, 1 to 10,000.
    public var take: Int

    /// Creates a query.
    public init(
        organisation: Organisation.ID,
        batch: String,
        skip: Int,
        take: Int
    ) {
        self.organisation = organisation
        self.batch = batch
        self.skip = skip
        self.take = take
    }
}
