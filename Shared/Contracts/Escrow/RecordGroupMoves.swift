/// A command to take note of what became of releases.
public struct RecordGroupMoves: Command {
    public static let wireName = "escrow.record-group-moves.v1"

    /// What became of them.
    public var ends: [GroupMoveEnd]

    /// Creates a command.
    public init(ends: [GroupMoveEnd]) {
        self.ends = ends
    }
}

extension RecordGroupMoves: MergeableMessage {
    public var itemCount: Int { ends.count }

    public mutating func merge(_ other: RecordGroupMoves) {
        ends += other.ends
    }

    public func slice(_ range: Range<Int>) -> RecordGroupMoves {
        RecordGroupMoves(ends: Array(ends[range]))
    }
}
