/// The balance of one ledger account.
public struct Balance: Codable, Hashable, Sendable {
    /// The asset.
    public var asset: Asset

    /// What can be spent, in minor units.
    public var available: MinorUnits

    /// What is reserved for rail attempts, in minor units.
    public var held: MinorUnits

    /// Creates a value.
    public init(
        asset: Asset,
        available: MinorUnits,
        held: MinorUnits
    ) {
        self.asset = asset
        self.available = available
        self.held = held
    }
}
