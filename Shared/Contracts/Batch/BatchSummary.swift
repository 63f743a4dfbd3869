/// The sums of a batch, in minor units.
public struct BatchSummary: Codable, Hashable, Sendable {
    /// The payouts.
    public var paymentsMinor: MinorUnits

    /// Their number.
    public var paymentsCount: Int64

    /// The referrals.
    public var referralsMinor: MinorUnits

    /// The payouts that are in wallets.
    public var settledMinor: MinorUnits

    /// Their number.
    public var settledCount: Int64

    /// The payouts that were cancelled.
    public var cancelledMinor: MinorUnits

    /// Their number.
    public var cancelledCount: Int64

    /// Creates a value.
    public init(
        paymentsMinor: MinorUnits = 0,
        paymentsCount: Int64 = 0,
        referralsMinor: MinorUnits = 0,
        settledMinor: MinorUnits = 0,
        settledCount: Int64 = 0,
        cancelledMinor: MinorUnits = 0,
        cancelledCount: Int64 = 0
    ) {
        self.paymentsMinor = paymentsMinor
        self.paymentsCount = paymentsCount
        self.referralsMinor = referralsMinor
        self.settledMinor = settledMinor
        self.settledCount = settledCount
        self.cancelledMinor = cancelledMinor
        self.cancelledCount = cancelledCount
    }
}
