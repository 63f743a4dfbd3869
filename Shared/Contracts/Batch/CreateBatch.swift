/// A request to make a batch of payouts.
///
/// A repeated identifier with the same content meets the first outcome; an external identifier that
/// is there is a conflict.
public struct CreateBatch: Request {
    public typealias Reply = BatchReply

    public static let wireName = "settlement.create-batch.v1"
    public static let service = ServiceName.settlement

    /// The organisation that asks.
    public var organisation: Organisation.ID

    /// The identifier, made by the sender: a lower-case UUID.
    public var batch: String

    /// The name, 1 to 200 characters.
    public var name: String

    /// What the organisation knows it by, unique, at most 100 characters.
    public var externalID: String?

    /// Creates a request.
    public init(
        organisation: Organisation.ID,
        batch: String,
        name: String,
        externalID: String? = nil
    ) {
        self.organisation = organisation
        self.batch = batch
        self.name = name
        self.externalID = externalID
    }
}

extension CreateBatch {
    private enum CodingKeys: String, CodingKey {
        case organisation
        case batch
        case name
        case externalID = "externalId"
    }
}
