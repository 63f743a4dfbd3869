/// A command to remember who the members of a group account are, and to answer who opened it.
///
/// Sent by Settlement, which owns groups, so that Policy knows whom a payment to a group pays.
public struct RecordGroup: Command {
    public static let wireName = "policy.record-group.v1"

    /// The group.
    public var group: GroupSnapshot

    /// Who waits for the answer, a ``GroupReply``.
    public var returnAddress: ReturnAddress?

    /// Creates a command.
    public init(group: GroupSnapshot, returnAddress: ReturnAddress? = nil) {
        self.group = group
        self.returnAddress = returnAddress
    }
}
