/// A command to move money out of group accounts, each release once.
///
/// A release that was carried out is answered with its first outcome, with ``RecordGroupMoves``.
public struct MoveGroups: Command {
    public static let wireName = "settlement.move-groups.v1"

    /// The moves, in the order of their decisions.
    public var moves: [GroupMove]

    /// Creates a command.
    public init(moves: [GroupMove]) {
        self.moves = moves
    }
}

extension MoveGroups: MergeableMessage {
    public var itemCount: Int { moves.count }

    public mutating func merge(_ other: MoveGroups) {
        moves += other.moves
    }

    public func slice(_ range: Range<Int>) -> MoveGroups {
        MoveGroups(moves: Array(moves[range]))
    }
}
