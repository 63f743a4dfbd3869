/// What Policy knows of a destination in the directory.
public struct KnownDestination: Codable, Hashable, Sendable {
    /// The destination.
    public var destination: Destination

    /// The wallet that it belongs to.
    public var wallet: Wallet.ID

    /// Its category, for example `gambling`.
    public var category: String?

    /// Creates a value.
    public init(
        destination: Destination,
        wallet: Wallet.ID,
        category: String? = nil
    ) {
        self.destination = destination
        self.wallet = wallet
        self.category = category
    }
}
