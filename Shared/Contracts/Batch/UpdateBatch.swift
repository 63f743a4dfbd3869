/// A request to change what people call a draft.
public struct UpdateBatch: Request {
    public typealias Reply = BatchReply

    public static let wireName = "settlement.update-batch.v1"
    public static let service = ServiceName.settlement

    /// The organisation that asks.
    public var organisation: Organisation.ID

    /// The batch, a lower-case UUID.
    public var batch: String

    /// The new name, or `nil` to keep it.
    public var name: String?

    /// The new external identifier, empty for none, or `nil` to keep it.
    public var externalID: String?

    /// Creates a request.
    public init(
        organisation: Organisation.ID,
        batch: String,
        name: String? = nil,
        externalID: String? = nil
    ) {
        self.organisation = organisation
        self.batch = batch
        self.name = name
        self.externalID = externalID
    }
}

extension UpdateBatch {
    private enum CodingKeys: String, CodingKey {
        case organisation
        case batch
        case name
        case externalID = "externalId"
    }
}
