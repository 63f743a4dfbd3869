import Contracts

/// What each rule of a policy means, for whoever was denied by it.
enum RuleReference {
    /// A rule with its meaning.
    struct Entry: Sendable {
        /// The rule.
        let rule: PolicyRule

        /// When a payment is denied by it.
        let meaning: String
    }

    /// All rules, in the order in which they are checked and reported.
    static let entries = PolicyRule.allCases.map { Entry(rule: $0, meaning: meaning(of: $0)) }

    private static func meaning(of rule: PolicyRule) -> String {
        switch rule {
        case .expiry: "The policy has expired. An operator must extend it."
        case .currency: "The policy does not name the asset."
        case .blockedRecipients: "A name of the recipient's wallet is on the block list."
        case .blockedCategories: "The recipient is in a category that is blocked."
        case .allowedRecipients:
            "There is an allow list and no name of the recipient's wallet is on it."
        case .maxPerTx: "The amount is above the limit of one payment."
        case .maxPerDay:
            "The last 24 hours together with this payment, and with the most that a rail may take"
                + " for it, would be above the limit. `frees_at` says when it fits, if it ever"
                + " does."
        case .maxPerMonth:
            "The calendar month (UTC) together with this payment, and with the most that a rail may"
                + " take for it, would be above the limit."
        case .velocityCap: "The last hour would have more payments than allowed."
        case .requireCoSign:
            "A person would have to approve it, and a release from a group account cannot wait for"
                + " that."
        }
    }
}
