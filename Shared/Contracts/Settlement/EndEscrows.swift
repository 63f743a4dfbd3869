/// A command to move an escrow's money out, all of it, once.
///
/// An escrow that has been ended is not ended again; its first outcome is answered with
/// ``RecordEnds``.
public struct EndEscrows: Command {
    public static let wireName = "settlement.end-escrows.v1"

    /// The moves, in the order of their decisions.
    public var moves: [EscrowMove]

    /// Creates a command.
    public init(moves: [EscrowMove]) {
        self.moves = moves
    }
}

extension EndEscrows: MergeableMessage {
    public var itemCount: Int { moves.count }

    public mutating func merge(_ other: EndEscrows) {
        moves += other.moves
    }

    public func slice(_ range: Range<Int>) -> EndEscrows {
        EndEscrows(moves: Array(moves[range]))
    }
}
