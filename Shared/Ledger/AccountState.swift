public import Contracts

/// An account as it stands in the database at one point of a transaction.
public struct AccountState: Hashable, Sendable {
    /// The number of the account.
    public var id: Int64

    /// The account.
    public var account: LedgerAccount

    /// The sum of its postings, in minor units.
    public var posted: MinorUnits

    /// What is reserved, in minor units.
    public var held: MinorUnits

    /// Creates the state of an account from its row.
    public init(id: Int64, account: LedgerAccount, posted: MinorUnits, held: MinorUnits) {
        self.id = id
        self.account = account
        self.posted = posted
        self.held = held
    }

    /// What can be spent, in minor units.
    public var available: MinorUnits { posted.subtracting(held) ?? MinorUnits(.min) }
}
