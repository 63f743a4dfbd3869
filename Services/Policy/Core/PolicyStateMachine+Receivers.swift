import Contracts
import Messaging
import Storage

/// The receivers of escrows that became known after the money was locked.
extension PolicyStateMachine {
    /// Holds the lists of the payers' policies, as they are now, against receivers, and orders the
    /// moves again with what they say.
    func judge(
        _ receivers: [FoundReceiver],
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [Outgoing] {
        recipients.begin(deciding: receivers.count)
        var moves: [JudgedMove] = []
        for receiver in receivers {
            moves.append(
                receiver.judged(isAllowed: try isAllowed(receiver, in: transaction))
            )
        }
        return moves.isEmpty ? [] : [.command(EndJudgedEscrows(moves: moves), to: .settlement)]
    }

    private func isAllowed(
        _ receiver: FoundReceiver,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> Bool {
        let move = receiver.move
        guard let place = try Binding.find(receiver.payer, in: transaction),
            place.binding.organisation == move.organisation
        else { return false }
        let rules = try terms.rules(of: place.termsText, edition: place.edition)
        // Settlement knows the wallet; what is known of it may not have come here by its name.
        var recipient = try recipient(
            move.receiver,
            of: move.organisation,
            for: rules,
            in: transaction
        )
        recipient.add(
            try self.recipient(
                Destination(kind: .wallet, value: receiver.wallet.rawValue),
                of: move.organisation,
                for: rules,
                in: transaction
            )
        )
        let question = Evaluation.Question(
            rules: rules,
            amount: Money(minorUnits: 1, asset: rules.terms.currency),
            recipient: recipient,
            written: move.receiver.value
        )
        return Evaluation(ofRecipient: question).violations.isEmpty
    }
}

extension FoundReceiver {
    /// The move with what Policy says.
    func judged(isAllowed: Bool) -> JudgedMove {
        JudgedMove(move: move, wallet: wallet, isAllowed: isAllowed)
    }
}
