extension Mutation {
    /// A seed that finds a fault that the first seed does not find.
    ///
    /// It is tried before others, and is a hint and no proof.
    static let knownSeeds: [String: UInt64] = [
        "approve-twice": 2, "block-list-by-bytes": 4, "categories-forgotten": 3, "deposit-twice": 9,
        "expiry-ignored": 25, "failed-commit-outlived": 49, "forget-directory": 5, "forget-hold": 2,
        "forget-outbox": 5,
        "forget-signature": 3, "hold-never-ends": 2, "invoice-twice": 5, "limit-too-low": 2,
        "month-forgotten": 4, "payout-twice": 12, "policy-answers-before-commit": 19,
        "put-aside-forgotten": 3, "references-shared": 2, "refund-released": 2, "send-again": 2,
        "settlement-answers-before-commit": 43,
    ]
}
