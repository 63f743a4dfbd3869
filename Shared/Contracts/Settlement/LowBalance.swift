/// What a wallet has of an asset when it has fallen below its threshold.
public struct LowBalance: Codable, Hashable, Sendable {
    /// What is available.
    public var available: Money

    /// The threshold, in minor units of the same asset.
    public var threshold: MinorUnits

    /// Creates a value.
    public init(available: Money, threshold: MinorUnits) {
        self.available = available
        self.threshold = threshold
    }
}
