/// What became of an entry that was to be posted; a refused one has changed nothing.
public enum PostOutcome: Hashable, Sendable {
    /// It is in the journal.
    case posted(PostedEntry)
    /// An account would go below zero, or below what is held of it.
    case insufficientFunds(LedgerAccount)
    /// An account would pass what can be counted.
    case balanceTooLarge(LedgerAccount)
}
