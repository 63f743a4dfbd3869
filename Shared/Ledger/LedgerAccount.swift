public import Contracts

/// An account of the ledger: whose money it is, of which asset
/// (`Architecture.md`, "The ledger").
public struct LedgerAccount: Hashable, Sendable {
    /// What an account holds.
    public enum Kind: String, CaseIterable, Sendable {
        /// What came in from and went out to the world; the only kind that may be negative.
        case external
        /// Money of an organisation that is not yet given to a wallet.
        case reserve
        /// What an agent can spend.
        case wallet
        /// Locked money.
        case escrow
        /// Money that needs signatures.
        case group
        /// Money of submitted batches that is still to be paid out.
        case batch
        /// Money that waits for its owner.
        case claim
        /// Fees.
        case fee
    }

    /// The kind.
    public var kind: Kind

    /// The identifier of whose it is: an organisation, a wallet or a rail.
    public var owner: String

    /// The asset.
    public var asset: Asset

    /// Creates the name of an account.
    public init(_ kind: Kind, of owner: String, in asset: Asset) {
        self.kind = kind
        self.owner = owner
        self.asset = asset
    }
}
