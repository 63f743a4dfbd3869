/// A question for the events of an organisation, in the order of their sequence numbers.
public struct ListEvents: Query {
    public typealias Reply = EventList

    public static let wireName = "notifier.list-events.v1"
    public static let service = ServiceName.notifier

    /// The organisation that asks.
    public var organisation: Organisation.ID

    /// Only those with a greater sequence number; 0 begins at the first.
    public var after: Int64

    /// Only those of a type.
    public var type: EventType?

    /// Only those that this wallet is a party to.
    public var wallet: Wallet.ID?

    /// The greatest number of events, 1 to 100.
    public var limit: Int

    /// Creates a query.
    public init(
        organisation: Organisation.ID,
        after: Int64,
        type: EventType? = nil,
        wallet: Wallet.ID? = nil,
        limit: Int
    ) {
        self.organisation = organisation
        self.after = after
        self.type = type
        self.wallet = wallet
        self.limit = limit
    }
}
