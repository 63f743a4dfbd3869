/// A command to move the money of escrows out to wallets that Policy was asked about.
///
/// Policy alone sends it, as the answer to ``JudgeReceivers``: what it says of a wallet is said by
/// nobody else.
public struct EndJudgedEscrows: Command {
    public static let wireName = "settlement.end-judged-escrows.v1"

    /// The moves, in the order in which they were asked about.
    public var moves: [JudgedMove]

    /// Creates a command.
    public init(moves: [JudgedMove]) {
        self.moves = moves
    }
}

/// A move out of an escrow, and what the payer's policy says of its receiver.
public struct JudgedMove: Codable, Hashable, Sendable {
    /// The move.
    public var move: EscrowMove

    /// The wallet that had the receiver's name when Policy was asked.
    public var wallet: Wallet.ID

    /// Whether the policy's lists let money go there.
    public var isAllowed: Bool

    /// Creates a value.
    public init(move: EscrowMove, wallet: Wallet.ID, isAllowed: Bool) {
        self.move = move
        self.wallet = wallet
        self.isAllowed = isAllowed
    }
}

extension EndJudgedEscrows: MergeableMessage {
    public var itemCount: Int { moves.count }

    public mutating func merge(_ other: EndJudgedEscrows) {
        moves += other.moves
    }

    public func slice(_ range: Range<Int>) -> EndJudgedEscrows {
        EndJudgedEscrows(moves: Array(moves[range]))
    }
}
