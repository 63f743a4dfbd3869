public import Contracts

/// What a verification of the ledger found.
public struct LedgerReport: Sendable {
    /// The number of journal entries that were read.
    public var entryCount: Int64 = 0

    /// The number of postings that were read.
    public var postingCount: Int64 = 0

    /// The number of accounts.
    public var accountCount = 0

    /// The sum of the balances of each kind of account, by asset, in minor units.
    public var totals: [LedgerAccount.Kind: [Asset: Int128]] = [:]

    /// The last entry with its signature, or `nil` when nothing is signed yet.
    public var head: LedgerAnchor?

    /// What does not match, at most ``maximumFindings`` of it.
    public var findings: [LedgerFinding] = []

    /// The number of findings after which a verification says no more.
    public static let maximumFindings = 1000

    /// Whether everything matches.
    public var isClean: Bool { findings.isEmpty }
}
