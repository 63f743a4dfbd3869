import Contracts
public import Messaging
public import Storage

/// What follows when an operator gives a message up that was put aside.
extension SettlementStateMachine {
    public func giveUp(
        _ message: Received<SettlementInput>,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [Outgoing] {
        switch message.body {
        case .executePayments(let command):
            // The payments fail, so that Policy gives back what it reserved for them.
            return try execute(
                command.payments,
                at: message.timestamp,
                isGivenUp: true,
                in: transaction
            )
        case .endEscrows(let command):
            return try giveUp(command.moves, in: transaction)
        case .endJudgedEscrows(let command):
            return try giveUp(command.moves.map(\.move), in: transaction)
        case .moveGroups(let command):
            return try move(
                command.moves,
                at: message.timestamp,
                isGivenUp: true,
                in: transaction
            )
        case .executeBatch(var command):
            let row = try BatchRow.find(
                command.batch,
                of: command.organisation,
                in: transaction
            )
            let isReserved =
                command.problems.isEmpty && row?.isSubmitting == true
                && row?.attempt == command.attempt
            command.problems = ["The operator of the platform gave up the batch."]
            var outgoing = try execute(command, at: message.timestamp, in: transaction)
            if isReserved {
                let release = ReleaseBatch(
                    organisation: command.organisation,
                    batch: command.batch,
                    attempt: command.attempt
                )
                outgoing.append(.command(release, to: .policy))
            }
            return outgoing
        default: return []
        }
    }

    /// Tells Escrow that nothing was moved; what ended or is on its way is told when it is known.
    private func giveUp(
        _ moves: [EscrowMove],
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [Outgoing] {
        var ends: [EscrowEnd] = []
        for move in moves {
            let locked = try EscrowAccount.find(move.escrow, in: transaction)
            if let end = locked?.end {
                ends.append(end)
                continue
            }
            let attempts = try AttemptRow.list(
                "WHERE escrow_id = \(move.escrow)",
                in: transaction
            )
            if attempts.contains(where: { $0.nextAt != nil }) { continue }
            ends.append(EscrowEnd(escrow: move.escrow, failure: .invalidState))
        }
        return ends.isEmpty ? [] : [.command(RecordEnds(ends: ends), to: .escrow)]
    }
}
