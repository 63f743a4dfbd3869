/// A command to decide releases from group accounts in the name of every wallet that signed.
///
/// What all their policies allow is reserved in the windows of each, and goes on to Settlement as
/// ``MoveGroups``; a refusal goes back to Escrow as ``RecordGroupMoves``.
public struct AuthorizeReleases: Command {
    public static let wireName = "policy.authorize-releases.v1"

    /// The moves that enough wallets have signed, in order.
    public var moves: [GroupMove]

    /// Creates a command.
    public init(moves: [GroupMove]) {
        self.moves = moves
    }
}

extension AuthorizeReleases: MergeableMessage {
    public var itemCount: Int { moves.count }

    public mutating func merge(_ other: AuthorizeReleases) {
        moves += other.moves
    }

    public func slice(_ range: Range<Int>) -> AuthorizeReleases {
        AuthorizeReleases(moves: Array(moves[range]))
    }
}
