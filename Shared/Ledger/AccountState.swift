/// An account as it stands in the database at one point of a transaction.
public struct AccountState: Hashable, Sendable {
    /// The number of the account.
    public var id: Int64

    /// The account.
    public var account: LedgerAccount

    /// The sum of its postings, in minor units.
    public var posted: Int64

    /// What is reserved, in minor units.
    public var held: Int64

    /// Creates the state of an account from its row.
    public init(id: Int64, account: LedgerAccount, posted: Int64, held: Int64) {
        self.id = id
        self.account = account
        self.posted = posted
        self.held = held
    }

    /// What can be spent, in minor units.
    public var available: Int64 { posted - held }
}
