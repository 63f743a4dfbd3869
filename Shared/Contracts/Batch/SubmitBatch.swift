/// A request to pay a draft from the organisation's reserve.
///
/// Settlement checks the reserve, Policy decides all of it, Settlement moves the money out of the
/// reserve with one entry, answers, and pays as much as a turn allows in each. One batch of an
/// organisation is decided and paid at a time; the others wait. What is refused leaves a draft.
public struct SubmitBatch: Request {
    public typealias Reply = BatchReply

    public static let wireName = "settlement.submit-batch.v1"
    public static let service = ServiceName.settlement

    /// The organisation that asks.
    public var organisation: Organisation.ID

    /// The batch, a lower-case UUID.
    public var batch: String

    /// The policy of payouts.
    public var policy: Policy.ID

    /// Creates a request.
    public init(
        organisation: Organisation.ID,
        batch: String,
        policy: Policy.ID
    ) {
        self.organisation = organisation
        self.batch = batch
        self.policy = policy
    }
}
