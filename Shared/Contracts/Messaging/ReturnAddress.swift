/// Where an answer goes when it comes from another service than the one that was asked.
public struct ReturnAddress: Codable, Hashable, Sendable {
    /// The instance that waits, for example `gateway-1`: its routing identity.
    public var instance: String

    /// What the waiting instance knows the request by.
    public var correlationID: String

    /// Creates a return address.
    public init(instance: String, correlationID: String) {
        self.instance = instance
        self.correlationID = correlationID
    }

    private enum CodingKeys: String, CodingKey {
        case instance
        case correlationID = "correlationId"
    }
}
