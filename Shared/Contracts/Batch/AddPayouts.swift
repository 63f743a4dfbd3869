/// A request to add payouts to a draft, all or none.
///
/// Payouts whose identifiers the batch has already are those of a repeat.
public struct AddPayouts: Request {
    public typealias Reply = PayoutList

    public static let wireName = "settlement.add-payouts.v1"
    public static let service = ServiceName.settlement

    /// The organisation that asks.
    public var organisation: Organisation.ID

    /// The batch, a lower-case UUID.
    public var batch: String

    /// Whether those that are there are removed first.
    public var replaces: Bool

    /// The payouts, at most 10,000.
    public var payouts: [PayoutOrder]

    /// Creates a request.
    public init(
        organisation: Organisation.ID,
        batch: String,
        replaces: Bool,
        payouts: [PayoutOrder]
    ) {
        self.organisation = organisation
        self.batch = batch
        self.replaces = replaces
        self.payouts = payouts
    }
}
