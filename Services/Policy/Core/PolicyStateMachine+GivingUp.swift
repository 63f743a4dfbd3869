import Contracts
public import Messaging
public import Storage

/// What follows when an operator gives a message up that was put aside.
extension PolicyStateMachine {
    public func giveUp(
        _ message: Received<PolicyInput>,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [Outgoing] {
        switch message.body {
        case .authorizeLocks(let command):
            // What was decided before is on its way already.
            var locks: [EscrowLock] = []
            for order in command.payments {
                guard let escrow = order.escrow,
                    try AuthorizationRow.find(order.id, in: transaction) == nil
                else { continue }
                let words = "The operator of the platform discarded the order."
                let refusal = RequestRefused(.invalidState, message: words)
                locks.append(EscrowLock(escrow: escrow, refusal: refusal))
            }
            return locks.isEmpty ? [] : [.command(RecordLocks(locks: locks), to: .escrow)]
        case .authorizeReleases(let command):
            let ends = command.moves.map {
                GroupMoveEnd(release: $0.release, failure: .invalidState)
            }
            return ends.isEmpty ? [] : [.command(RecordGroupMoves(ends: ends), to: .escrow)]
        case .authorizeBatch(let command):
            return try deny(
                command,
                ["The operator of the platform discarded the batch."],
                at: message.timestamp,
                in: transaction
            )
        case .judgeReceivers(let command):
            let moves = command.receivers.map { $0.judged(isAllowed: false) }
            return moves.isEmpty ? [] : [.command(EndJudgedEscrows(moves: moves), to: .settlement)]
        default: return []
        }
    }
}
