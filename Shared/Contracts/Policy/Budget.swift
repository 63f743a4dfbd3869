/// What a wallet can still spend, per window.
public struct Budget: Message {
    public static let wireName = "policy.budget.v1"

    /// The wallet.
    public var wallet: Wallet.ID

    /// The windows that its policy limits, by rule and asset.
    public var windows: [Window]

    /// Creates a reply.
    public init(
        wallet: Wallet.ID,
        windows: [Window]
    ) {
        self.wallet = wallet
        self.windows = windows
    }
}

extension Budget {
    /// One window of a wallet.
    public struct Window: Codable, Hashable, Sendable {
        /// The rule: `max_per_day`, `max_per_month` or `velocity_cap`.
        public var rule: PolicyRule

        /// The asset of an amount; `nil` for a count of payments.
        public var asset: Asset?

        /// The limit: a decimal amount or a count.
        public var limit: String

        /// What is used or reserved.
        public var used: String

        /// What is left, never below zero.
        public var left: String

        /// When the next part of it frees, or `nil` when nothing is used.
        public var freesAt: Timestamp?

        /// Creates a window.
        public init(
            rule: PolicyRule,
            asset: Asset?,
            limit: String,
            used: String,
            left: String,
            freesAt: Timestamp?
        ) {
            self.rule = rule
            self.asset = asset
            self.limit = limit
            self.used = used
            self.left = left
            self.freesAt = freesAt
        }
    }
}
