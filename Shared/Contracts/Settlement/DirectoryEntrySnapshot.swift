/// An entry of the directory as its readers see it.
public struct DirectoryEntrySnapshot: Codable, Hashable, Sendable {
    /// The identifier.
    public var id: DirectoryEntry.ID

    /// The wallet that is paid.
    public var wallet: Wallet.ID

    /// The destination.
    public var destination: Destination

    /// Its category.
    public var category: String?

    /// When it was registered.
    public var createdAt: Timestamp

    /// Creates a value.
    public init(
        id: DirectoryEntry.ID,
        wallet: Wallet.ID,
        destination: Destination,
        category: String? = nil,
        createdAt: Timestamp
    ) {
        self.id = id
        self.wallet = wallet
        self.destination = destination
        self.category = category
        self.createdAt = createdAt
    }
}
