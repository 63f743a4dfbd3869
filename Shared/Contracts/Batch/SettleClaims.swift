/// A command to pay what waits for a phone number to the wallet that has it now, as far as the
/// policy of payouts lets it.
///
/// Sent by Policy as an answer to ``RecordDestination``: the wallet was not known when the batch
/// was decided about.
public struct SettleClaims: Command {
    public static let wireName = "settlement.settle-claims.v1"

    /// The organisation whose money waits.
    public var organisation: Organisation.ID

    /// The entry that names the phone number and the wallet.
    public var entry: DirectoryEntrySnapshot

    /// Those of the phone numbers that were asked about to which money may go; what waits for the
    /// others waits on.
    public var allowed: [String]

    /// Who waits for the answer, a ``DestinationReply``.
    public var returnAddress: ReturnAddress?

    /// Creates a command.
    public init(
        organisation: Organisation.ID,
        entry: DirectoryEntrySnapshot,
        allowed: [String],
        returnAddress: ReturnAddress? = nil
    ) {
        self.organisation = organisation
        self.entry = entry
        self.allowed = allowed
        self.returnAddress = returnAddress
    }
}
