/// An event before it has its place in the log.
public struct EventRecord: Codable, Hashable, Sendable {
    /// The identifier, derived from what happened: the same happening has the same identifier.
    public var id: Event.ID

    /// The organisation that may know of it.
    public var organisation: Organisation.ID

    /// The type.
    public var type: EventType

    /// When it was committed.
    public var occurredAt: Timestamp

    /// The wallets that are parties to it.
    public var wallets: [Wallet.ID]

    /// What happened.
    public var data: EventData

    /// Creates a value.
    public init(
        id: Event.ID,
        organisation: Organisation.ID,
        type: EventType,
        occurredAt: Timestamp,
        wallets: [Wallet.ID],
        data: EventData
    ) {
        self.id = id
        self.organisation = organisation
        self.type = type
        self.occurredAt = occurredAt
        self.wallets = wallets
        self.data = data
    }
}
