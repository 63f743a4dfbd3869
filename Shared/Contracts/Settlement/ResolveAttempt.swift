/// The platform's owner's word on an attempt whose outcome nobody knows.
public struct ResolveAttempt: Request {
    public typealias Reply = AttemptReply

    public static let wireName = "settlement.resolve-attempt.v1"
    public static let service = ServiceName.settlement

    /// The organisation whose attempt it must be; absent for any.
    public var organisation: Organisation.ID?

    /// The payment.
    public var payment: Payment.ID

    /// Whether the rail has paid.
    public var isPaid: Bool

    /// Whose word it is: the identifier of a key.
    public var resolvedBy: String

    /// Creates a request.
    public init(
        organisation: Organisation.ID? = nil,
        payment: Payment.ID,
        isPaid: Bool,
        resolvedBy: String
    ) {
        self.organisation = organisation
        self.payment = payment
        self.isPaid = isPaid
        self.resolvedBy = resolvedBy
    }
}
