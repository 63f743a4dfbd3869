public import Contracts

/// What a verification of the ledger found.
public struct LedgerReport: Sendable {
    /// The number of journal entries that were read.
    public var entryCount: Int64 = 0

    /// The number of accounts.
    public var accountCount = 0

    /// The sum of the balances of each kind of account, by asset, in minor units.
    public var totals: [LedgerAccount.Kind: [Asset: Int64]] = [:]

    /// What does not match, at most ``maximumFindings`` of it.
    public var findings: [LedgerFinding] = []

    /// The number of findings after which a verification says no more.
    public static let maximumFindings = 1000

    /// Whether everything matches.
    public var isClean: Bool { findings.isEmpty }
}

/// Something in the ledger that does not match.
public struct LedgerFinding: Hashable, Sendable {
    /// What kind of damage it is.
    public enum Kind: String, CaseIterable, Sendable {
        /// An entry or one of its postings is not what its hash says.
        case brokenLink = "broken_link"
        /// A number is missing in the sequence of the entries.
        case missingEntry = "missing_entry"
        /// The postings of an entry do not sum to zero.
        case unbalancedEntry = "unbalanced_entry"
        /// An account's balance is not the sum of its postings.
        case wrongBalance = "wrong_balance"
        /// An account's holds are not the sum of its placed holds.
        case wrongHold = "wrong_hold"
        /// An account other than `external` is negative.
        case negativeAccount = "negative_account"
        /// The head of the chain is not the last entry.
        case wrongHead = "wrong_head"
        /// The sum of all accounts of an asset is not zero.
        case unbalancedAsset = "unbalanced_asset"
        /// A posting's entry or account is not there.
        case strayPosting = "stray_posting"
    }

    /// The kind.
    public var kind: Kind

    /// Where, in words: the number of an entry, or an account.
    public var place: String
}
