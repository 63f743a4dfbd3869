/// A payout as it is added to a batch.
public struct PayoutOrder: Codable, Hashable, Sendable {
    /// The identifier, a lower-case UUID.
    public var id: String

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

    /// Creates a value.
    public init(
        id: String,
        phone: String,
        amount: MinorUnits,
        firstName: String? = nil,
        lastName: String? = nil,
        externalID: String? = nil,
        referralPhone: String? = nil,
        referralAmount: MinorUnits? = nil
    ) {
        self.id = id
        self.phone = phone
        self.amount = amount
        self.firstName = firstName
        self.lastName = lastName
        self.externalID = externalID
        self.referralPhone = referralPhone
        self.referralAmount = referralAmount
    }
}

extension PayoutOrder {
    private enum CodingKeys: String, CodingKey {
        case id
        case phone
        case amount
        case firstName
        case lastName
        case externalID = "externalId"
        case referralPhone
        case referralAmount
    }
}
