/// A request to record money that came in from the world into the reserve.
///
/// The same reference with another amount is an idempotency conflict.
public struct DepositReserve: Request {
    public typealias Reply = ReserveReply

    public static let wireName = "settlement.deposit-reserve.v1"
    public static let service = ServiceName.settlement

    /// The organisation that asks.
    public var organisation: Organisation.ID

    /// The outside reference: it makes the deposit idempotent in the organisation; 1 to 200
    /// characters.
    public var reference: String

    /// The amount.
    public var amount: Money

    /// Creates a request.
    public init(
        organisation: Organisation.ID,
        reference: String,
        amount: Money
    ) {
        self.organisation = organisation
        self.reference = reference
        self.amount = amount
    }
}
