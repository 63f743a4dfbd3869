/// A payout as its readers see it.
public struct PayoutSnapshot: Codable, Hashable, Sendable {
    /// The identifier, a lower-case UUID.
    public var id: String

    /// The batch, a lower-case UUID.
    public var batch: String

    /// The phone number, E.164 digits without `+`.
    public var phone: String

    /// The amount in minor units of ``Asset/dzar``.
    public var amount: MinorUnits

    /// The first name, at most 100 characters.
    public var firstName: String?

    /// The last name, at most 100 characters.
    public var lastName: String?

    /// What the organisation knows it by, unique, at most 100 characters.
    public var externalID: String?

    /// The phone number of who has referred, if somebody has.
    public var referralPhone: String?

    /// What they get.
    public var referralAmount: MinorUnits?

    /// The status.
    public var status: PayoutStatus

    /// Whether the phone number belongs to a wallet.
    public var isMember: Bool

    /// When the money came into a wallet.
    public var settledAt: Timestamp?

    /// When it was added.
    public var createdAt: Timestamp

    /// Creates a value.
    public init(
        id: String,
        batch: String,
        phone: String,
        amount: MinorUnits,
        firstName: String? = nil,
        lastName: String? = nil,
        externalID: String? = nil,
        referralPhone: String? = nil,
        referralAmount: MinorUnits? = nil,
        status: PayoutStatus,
        isMember: Bool,
        settledAt: Timestamp? = nil,
        createdAt: Timestamp
    ) {
        self.id = id
        self.batch = batch
        self.phone = phone
        self.amount = amount
        self.firstName = firstName
        self.lastName = lastName
        self.externalID = externalID
        self.referralPhone = referralPhone
        self.referralAmount = referralAmount
        self.status = status
        self.isMember = isMember
        self.settledAt = settledAt
        self.createdAt = createdAt
    }
}

extension PayoutSnapshot {
    private enum CodingKeys: String, CodingKey {
        case id
        case batch
        case phone
        case amount
        case firstName
        case lastName
        case externalID = "externalId"
        case referralPhone
        case referralAmount
        case status
        case isMember
        case settledAt
        case createdAt
    }
}
