/// A request to give a draft up.
public struct CancelBatch: Request {
    public typealias Reply = BatchReply

    public static let wireName = "settlement.cancel-batch.v1"
    public static let service = ServiceName.settlement

    /// The organisation that asks.
    public var organisation: Organisation.ID

    /// The batch, a lower-case UUID.
    public var batch: String

    /// Creates a request.
    public init(
        organisation: Organisation.ID,
        batch: String
    ) {
        self.organisation = organisation
        self.batch = batch
    }
}
