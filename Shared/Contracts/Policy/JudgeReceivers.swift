/// A command to say whether policies let the money of escrows go to wallets that nobody knew as the
/// receivers when it was locked.
///
/// Settlement sends it when a name that was nobody's has an owner at the release. Policy answers
/// with ``EndJudgedEscrows``: the same moves, with what it says.
public struct JudgeReceivers: Command {
    public static let wireName = "policy.judge-receivers.v1"

    /// The receivers.
    public var receivers: [FoundReceiver]

    /// Creates a command.
    public init(receivers: [FoundReceiver]) {
        self.receivers = receivers
    }
}

/// The wallet that has the name of an escrow's receiver now.
public struct FoundReceiver: Codable, Hashable, Sendable {
    /// The move that waits for the judgement.
    public var move: EscrowMove

    /// The wallet that has locked the money.
    public var payer: Wallet.ID

    /// The wallet that would be paid.
    public var wallet: Wallet.ID

    /// Creates a value.
    public init(move: EscrowMove, payer: Wallet.ID, wallet: Wallet.ID) {
        self.move = move
        self.payer = payer
        self.wallet = wallet
    }
}

extension JudgeReceivers: MergeableMessage {
    public var itemCount: Int { receivers.count }

    public mutating func merge(_ other: JudgeReceivers) {
        receivers += other.receivers
    }

    public func slice(_ range: Range<Int>) -> JudgeReceivers {
        JudgeReceivers(receivers: Array(receivers[range]))
    }
}
