/// A request to record money that went out to the world from the reserve, or to undo a deposit.
///
/// The same reference with another amount is an idempotency conflict; a deposit's reference is
/// another one. More than the reserve has is refused with `insufficient_reserve`.
public struct WithdrawReserve: Request {
    public typealias Reply = ReserveReply

    public static let wireName = "settlement.withdraw-reserve.v1"
    public static let service = ServiceName.settlement

    /// The organisation that asks.
    public var organisation: Organisation.ID

    /// The outside reference: it makes the withdrawal idempotent in the organisation; 1 to 200
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
