/// A request to add payouts to a draft, all or none.
///
/// A repeat of the same compound request meets the first outcome, whatever has become of the batch;
/// one with other content is a conflict.
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

    /// What the request is known by, if it has an idempotency key.
    public var compound: CompoundRequest?

    /// Creates a request.
    public init(
        organisation: Organisation.ID,
        batch: String,
        replaces: Bool,
        payouts: [PayoutOrder],
        compound: CompoundRequest? = nil
    ) {
        self.organisation = organisation
        self.batch = batch
        self.replaces = replaces
        self.payouts = payouts
        self.compound = compound
    }
}
