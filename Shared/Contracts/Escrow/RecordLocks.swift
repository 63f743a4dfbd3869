/// A command to take note of what has become of payments into escrows.
///
/// An escrow that waits for a person gets a second outcome after the decision.
public struct RecordLocks: Command {
    public static let wireName = "escrow.record-locks.v1"

    /// What has become of each payment, in order.
    public var locks: [EscrowLock]

    /// Creates a command.
    public init(locks: [EscrowLock]) {
        self.locks = locks
    }
}

extension RecordLocks: MergeableMessage {
    public var itemCount: Int { locks.count }

    public mutating func merge(_ other: RecordLocks) {
        locks += other.locks
    }

    public func slice(_ range: Range<Int>) -> RecordLocks {
        RecordLocks(locks: Array(locks[range]))
    }
}
