/// What a rail may take beside an amount: Policy reserves it in the windows before it is known
/// whether the payment leaves, and Settlement holds it.
public enum RailFee {
    /// The most that is taken: a hundredth, and at least 10 minor units.
    public static func reserve(for amount: MinorUnits) -> MinorUnits {
        max(10, amount.hundredth)
    }

    /// Whether a payment in an asset can leave over a rail to a kind of destination at all.
    public static func isPossible(for asset: Asset, to kind: Destination.Kind) -> Bool {
        guard asset == .btc else { return false }
        switch kind {
        case .ark, .bolt11, .bolt12Offer, .lightningAddress, .lnurl: return true
        case .wallet, .agent, .solana, .domain, .bitcoin, .phone, .mixinUser, .group: return false
        }
    }

    /// Why no payment can be of an amount with a fee, or `nil`: together they are bounded as an
    /// amount is (API.md, Bounds).
    public static func problem(of amount: Money, with fee: MinorUnits?) -> String? {
        if let all = amount.minorUnits.adding(fee ?? 0), all <= .largestPayment { return nil }
        let most = Money(minorUnits: .largestPayment, asset: amount.asset)
        return "The amount with what a rail may take for its fee is over \(most.text)."
    }
}
