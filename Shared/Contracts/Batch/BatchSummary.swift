/// The sums of a batch, in minor units.
public struct BatchSummary: Codable, Hashable, Sendable {
    /// The payouts.
    public var paymentsMinor: Int64

    /// Their number.
    public var paymentsCount: Int64

    /// The referrals.
    public var referralsMinor: Int64

    /// The payouts that are in wallets.
    public var settledMinor: Int64

    /// Their number.
    public var settledCount: Int64

    /// The payouts that were cancelled.
    public var cancelledMinor: Int64

    /// Their number.
    public var cancelledCount: Int64

    /// Creates a value.
    public init(
        paymentsMinor: Int64 = 0,
        paymentsCount: Int64 = 0,
        referralsMinor: Int64 = 0,
        settledMinor: Int64 = 0,
        settledCount: Int64 = 0,
        cancelledMinor: Int64 = 0,
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
