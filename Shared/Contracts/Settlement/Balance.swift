/// The balance of one ledger account.
public struct Balance: Codable, Hashable, Sendable {
    /// The asset.
    public var asset: Asset

    /// What can be spent, in minor units.
    public var available: Int64

    /// What is reserved for rail attempts, in minor units.
    public var held: Int64

    /// Creates a value.
    public init(
        asset: Asset,
        available: Int64,
        held: Int64
    ) {
        self.asset = asset
        self.available = available
        self.held = held
    }
}
