/// A payment code as its readers see it.
public struct CodeSnapshot: Codable, Hashable, Sendable {
    /// The code, a lower-case UUID.
    public var code: String

    /// The organisation.
    public var organisation: Organisation.ID

    /// The trace of the payment that pays it, a lower-case UUID.
    public var trace: String

    /// What it asks for.
    public var amount: Money

    /// How many of the receivers must sign.
    public var threshold: Int

    /// The receivers as they were given, lower-case UUIDs.
    public var receivers: [String]

    /// The note.
    public var memo: String

    /// The group account that is paid; absent when it is one receiver's wallet.
    public var group: GroupAccount.ID?

    /// Whether it was paid.
    public var isPaid: Bool

    /// When it was made.
    public var createdAt: Timestamp

    /// Creates a value.
    public init(
        code: String,
        organisation: Organisation.ID,
        trace: String,
        amount: Money,
        threshold: Int,
        receivers: [String],
        memo: String,
        group: GroupAccount.ID? = nil,
        isPaid: Bool,
        createdAt: Timestamp
    ) {
        self.code = code
        self.organisation = organisation
        self.trace = trace
        self.amount = amount
        self.threshold = threshold
        self.receivers = receivers
        self.memo = memo
        self.group = group
        self.isPaid = isPaid
        self.createdAt = createdAt
    }
}
