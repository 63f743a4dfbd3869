/// A command to remember a new entry of the directory and to answer its creator.
public struct RecordDestination: Command {
    public static let wireName = "policy.record-destination.v1"

    /// The organisation that asks.
    public var organisation: Organisation.ID

    /// The entry.
    public var entry: DirectoryEntrySnapshot

    /// The place among all changes of the directory; absent from builds before.
    ///
    /// What a later change of the same destination has overtaken has no effect any more.
    public var order: Int64?

    /// The phone numbers that payouts go to once the entry's own has a wallet.
    ///
    /// Policy says with ``SettleClaims`` which of them may be paid, and Settlement answers who
    /// waits. At most 2,000; absent when nothing waits.
    public var claims: [String]?

    /// Who waits for the answer, a ``DestinationReply``.
    public var returnAddress: ReturnAddress?

    /// Creates a command.
    public init(
        organisation: Organisation.ID,
        entry: DirectoryEntrySnapshot,
        order: Int64? = nil,
        claims: [String]? = nil,
        returnAddress: ReturnAddress? = nil
    ) {
        self.organisation = organisation
        self.entry = entry
        self.order = order
        self.claims = claims
        self.returnAddress = returnAddress
    }
}
