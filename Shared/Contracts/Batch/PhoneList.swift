/// Those phone numbers that belong to wallets, in answer to ``FindPhones``.
public struct PhoneList: Message {
    public static let wireName = "settlement.phone-list.v1"

    /// The phone numbers.
    public var phones: [String]

    /// Creates a reply.
    public init(
        phones: [String]
    ) {
        self.phones = phones
    }
}
