import Contracts
import Destinations
import Messaging
import Storage

/// Group accounts: whom a payment to one pays, and what its members may release.
extension PolicyStateMachine {
    /// Remembers who the members of a group are, and answers who opened it.
    func record(
        _ command: RecordGroup,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [Outgoing] {
        let group = command.group
        // Who the members are is in the identifier, so that they never change.
        let isKnown = try transaction.exists(
            "SELECT 1 FROM known_group_member WHERE group_id = \(group.id)"
        )
        for member in isKnown ? [] : group.members {
            try transaction.execute(
                """
                INSERT INTO known_group_member (group_id, member, organisation_id)
                VALUES (\(group.id), \(member), \(group.organisation)) ON CONFLICT DO NOTHING
                """
            )
        }
        guard let address = command.returnAddress else { return [] }
        return [.reply(GroupReply(group: group, memberships: []), to: address)]
    }

    /// Decides releases in the name of every wallet that signed them, in their order.
    func authorize(
        _ moves: [GroupMove],
        at now: Timestamp,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [Outgoing] {
        var allowed: [GroupMove] = []
        var refused: [GroupMoveEnd] = []
        var remarks: [Outgoing] = []
        for var move in moves {
            let wallets = Set((move.signatures ?? []).map(\.wallet)).sorted()
            // Nobody's policy was asked: what no wallet has signed moves nothing.
            var end: GroupMoveEnd?
            if wallets.isEmpty {
                end = GroupMoveEnd(release: move.release, failure: .forbidden)
            } else if move.destination.problem != nil {
                end = GroupMoveEnd(release: move.release, failure: .invalidRequest)
            }
            var reservations: [Reservation] = []
            move.authorizations = []
            for wallet in wallets where end == nil {
                let order = move.order(of: wallet)
                move.authorizations?.append(order.id)
                switch try answer(order, to: move, at: now, in: transaction) {
                case .stands: break
                case .reserves(let reservation): reservations.append(reservation)
                case .refuses(let refusal, let remark):
                    end = refusal
                    remarks += remark.map { [$0] } ?? []
                }
            }
            if let end {
                refused.append(end)
                continue
            }
            for reservation in reservations { try reservation.write(in: transaction) }
            allowed.append(move)
        }
        var outgoing = remarks
        if !allowed.isEmpty {
            outgoing.append(.command(MoveGroups(moves: allowed), to: .settlement))
        }
        if !refused.isEmpty {
            outgoing.append(.command(RecordGroupMoves(ends: refused), to: .escrow))
        }
        return outgoing
    }

    /// What a signing wallet's policy says of a release.
    private enum Answer {
        /// It was decided before, and is in the windows.
        case stands
        case reserves(Reservation)
        case refuses(GroupMoveEnd, Outgoing?)
    }

    /// A release in the windows of one signing wallet, for the first time or in the place of one
    /// that was given back.
    private struct Reservation {
        var order: PaymentOrder
        var place: Binding.WithPolicy
        var spending: Spending
        var isAgain: Bool

        func write(in transaction: borrowing Transaction) throws(StorageError) {
            var spending = spending
            let row = AuthorizationRow(order, place, at: spending.now)
            try row.write(again: isAgain, in: transaction)
            spending.add(row.counted)
            try spending.write(in: transaction)
        }
    }

    /// Decides a release in the name of one wallet; what was given back is decided again, because
    /// Settlement may have been restored from a copy that knows nothing of its failure.
    private func answer(
        _ order: PaymentOrder,
        to move: GroupMove,
        at now: Timestamp,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> Answer {
        guard let place = try Binding.find(order.wallet, in: transaction),
            place.binding.organisation == move.organisation
        else { return .refuses(GroupMoveEnd(release: move.release, failure: .forbidden), nil) }
        let known = try AuthorizationRow.find(order.id, in: transaction)
        if let known, known.state == .reserved, known.amount == move.amount { return .stands }
        let spending = try windows(
            of: place.binding,
            in: move.amount.asset,
            at: now,
            in: transaction
        )
        let violations = try violations(of: move, place, spending, in: transaction)
        guard violations.isEmpty else {
            let refusal = ReleaseRefusal(
                wallet: order.wallet,
                policy: place.binding.policy,
                violations: violations
            )
            return .refuses(
                GroupMoveEnd(release: move.release, failure: .forbidden, refusal: refusal),
                Denial.remark(of: move.release, by: place, violations.map(\.rule))
            )
        }
        return .reserves(
            Reservation(order: order, place: place, spending: spending, isAgain: known != nil)
        )
    }

    /// Every rule of a signing wallet's policy that a release violates.
    private func violations(
        of move: GroupMove,
        _ place: Binding.WithPolicy,
        _ spending: Spending,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [Violation] {
        let rules = try terms.rules(of: place.termsText, edition: place.edition)
        var recipient = try recipient(
            move.destination,
            of: move.organisation,
            for: rules,
            in: transaction
        )
        if let wallet = move.receiverWallet {
            // The name may have moved since the release was asked for; the wallet is paid.
            recipient.add(
                try self.recipient(
                    Destination(kind: .wallet, value: wallet.rawValue),
                    of: move.organisation,
                    for: rules,
                    in: transaction
                )
            )
        }
        let question = Evaluation.Question(
            rules: rules,
            amount: move.amount,
            recipient: recipient,
            written: move.recipient
        )
        let evaluation = try Evaluation(question, spending, in: transaction)
        guard evaluation.needsApproval,
            let limits = rules.terms.limits.first(where: { $0.asset == move.amount.asset }),
            let limit = limits.requireCoSign
        else { return evaluation.violations }
        let asked = Violation(
            rule: .requireCoSign,
            limit: Money(minorUnits: limit, asset: move.amount.asset).text,
            attempted: move.amount.text
        )
        return evaluation.violations + [asked]
    }
}

extension GroupMove {
    /// The move as a signing wallet's authorization; no payment has its identifier.
    fileprivate func order(of wallet: Wallet.ID) -> PaymentOrder {
        let names = [
            release.rawValue.dropFirst("rel_".count), wallet.rawValue.dropFirst("wal_".count),
        ]
        return PaymentOrder(
            id: Payment.ID("tx_group_" + names.joined(separator: "_")),
            organisation: organisation,
            wallet: wallet,
            destination: destination,
            recipient: recipient,
            amount: amount,
            amountText: amountText,
            digest: ""
        )
    }
}
