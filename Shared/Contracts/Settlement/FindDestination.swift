/// A question for the wallet of the organisation that a destination means.
public struct FindDestination: Query {
    public typealias Reply = DestinationOwner

    public static let wireName = "settlement.find-destination.v1"
    public static let service = ServiceName.settlement

    /// The organisation that asks.
    public var organisation: Organisation.ID

    /// The destination.
    public var destination: Destination

    /// The destination as the client wrote it.
    public var recipient: String

    /// Creates a query.
    public init(organisation: Organisation.ID, destination: Destination, recipient: String) {
        self.organisation = organisation
        self.destination = destination
        self.recipient = recipient
    }
}
