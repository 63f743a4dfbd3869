/// A rule that a payment can violate, in the order in which the rules are checked and reported.
public enum PolicyRule: String, Codable, CaseIterable, Sendable {
    /// The policy has expired.
    case expiry
    /// The policy does not allow the asset.
    case currency
    /// The destination is on the list of the blocked.
    case blockedRecipients = "blocked_recipients"
    /// The destination's category is blocked.
    case blockedCategories = "blocked_categories"
    /// There is a list of the allowed and the destination is not on it.
    case allowedRecipients = "allowed_recipients"
    /// The amount is over the limit of one payment.
    case maxPerTx = "max_per_tx"
    /// The rolling 24 hours would be over their limit.
    case maxPerDay = "max_per_day"
    /// The calendar month in UTC would be over its limit.
    case maxPerMonth = "max_per_month"
    /// The rolling hour would have too many payments.
    case velocityCap = "velocity_cap"
    /// A person would have to say yes, which a release from a group has no way to ask for.
    case requireCoSign = "require_co_sign"
}
