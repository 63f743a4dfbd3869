/// A question for the payments of one wallet in one asset by their place, newest first.
///
/// It counts them all; ``ListPayments`` does not, and goes on where a page ended.
public struct BrowsePayments: Query {
    public typealias Reply = PaymentPage

    public static let wireName = "settlement.browse-payments.v1"
    public static let service = ServiceName.settlement

    /// The organisation that asks.
    public var organisation: Organisation.ID

    /// The wallet that paid or was paid.
    public var party: Wallet.ID

    /// The asset.
    public var asset: Asset

    /// Only those of these statuses; empty for all.
    public var statuses: [PaymentStatus]

    /// The greatest number of payments, 0 to 1,000.
    public var limit: Int

    /// The number of newer payments that are left out.
    public var offset: Int

    /// Creates a query.
    public init(
        organisation: Organisation.ID,
        party: Wallet.ID,
        asset: Asset,
        statuses: [PaymentStatus] = [],
        limit: Int,
        offset: Int
    ) {
        self.organisation = organisation
        self.party = party
        self.asset = asset
        self.statuses = statuses
        self.limit = limit
        self.offset = offset
    }
}
