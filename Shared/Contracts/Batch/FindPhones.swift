/// A question which phone numbers belong to wallets of an organisation.
public struct FindPhones: Query {
    public typealias Reply = PhoneList

    public static let wireName = "settlement.find-phones.v1"
    public static let service = ServiceName.settlement

    /// The organisation that asks.
    public var organisation: Organisation.ID

    /// The phone numbers, E.164 digits without `+`, at most 1,000.
    public var phones: [String]

    /// Creates a query.
    public init(
        organisation: Organisation.ID,
        phones: [String]
    ) {
        self.organisation = organisation
        self.phones = phones
    }
}
