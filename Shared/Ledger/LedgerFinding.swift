/// Something in the ledger that does not match.
public struct LedgerFinding: Hashable, Sendable {
    /// What kind of damage it is.
    public enum Kind: String, CaseIterable, Sendable {
        /// An entry or one of its postings is not what its hash says.
        case brokenLink = "broken_link"
        /// A number is missing in the sequence of the entries.
        case missingEntry = "missing_entry"
        /// An entry stands before the first number.
        case strayEntry = "stray_entry"
        /// The postings of an entry do not sum to zero.
        case unbalancedEntry = "unbalanced_entry"
        /// The postings of an entry are not numbered from 0 without gaps.
        case wrongPosition = "wrong_position"
        /// A posting's entry or account is not there.
        case strayPosting = "stray_posting"
        /// An account's balance is not the sum of its postings.
        case wrongBalance = "wrong_balance"
        /// An account's holds are not the sum of its placed holds.
        case wrongHold = "wrong_hold"
        /// A hold's account is not there, or the hold contradicts itself.
        case strayHold = "stray_hold"
        /// An account other than `external` is negative.
        case negativeAccount = "negative_account"
        /// An account is of a kind or an asset that the platform does not keep.
        case unknownAccount = "unknown_account"
        /// The sum of all accounts of an asset is not zero.
        case unbalancedAsset = "unbalanced_asset"
        /// The head of the chain is not the last entry.
        case wrongHead = "wrong_head"
        /// An entry lacks its signature, or has another one's.
        case wrongSignature = "wrong_signature"
        /// The entries are not signed with the platform's master key.
        case wrongSigner = "wrong_signer"
        /// A head that was carried away is not in the chain.
        case missingAnchor = "missing_anchor"
    }

    /// The kind.
    public var kind: Kind

    /// Where, in words: the number of an entry, or an account.
    public var place: String
}
