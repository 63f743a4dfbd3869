/// A command to take note of what has become of ordered moves out of escrows.
public struct RecordEnds: Command {
    public static let wireName = "escrow.record-ends.v1"

    /// What has become of each move, in order.
    public var ends: [EscrowEnd]

    /// Creates a command.
    public init(ends: [EscrowEnd]) {
        self.ends = ends
    }
}

extension RecordEnds: MergeableMessage {
    public var itemCount: Int { ends.count }

    public mutating func merge(_ other: RecordEnds) {
        ends += other.ends
    }

    public func slice(_ range: Range<Int>) -> RecordEnds {
        RecordEnds(ends: Array(ends[range]))
    }
}
