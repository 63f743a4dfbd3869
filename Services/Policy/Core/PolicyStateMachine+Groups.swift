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
        for var move in moves {
            var places: [(place: Binding.WithPolicy, spending: Spending)] = []
            var end: GroupMoveEnd?
            let wallets = Set((move.signatures ?? []).map(\.wallet)).sorted()
            if wallets.isEmpty {
                // Nobody's policy was asked: what no wallet has signed moves nothing.
                end = GroupMoveEnd(release: move.release, failure: .forbidden)
            } else if move.destination.problem != nil {
                end = GroupMoveEnd(release: move.release, failure: .invalidRequest)
            }
            for wallet in wallets where end == nil {
                guard let place = try Binding.find(wallet, in: transaction),
                    place.binding.organisation == move.organisation
                else {
                    end = GroupMoveEnd(release: move.release, failure: .forbidden)
                    break
                }
                let spending = try windows(
                    of: place.binding,
                    in: move.amount.asset,
                    at: now,
                    in: transaction
                )
                let violations = try violations(of: move, place, spending, in: transaction)
                guard violations.isEmpty else {
                    let refusal = ReleaseRefusal(
                        wallet: wallet,
                        policy: place.binding.policy,
                        violations: violations
                    )
                    end = GroupMoveEnd(
                        release: move.release,
                        failure: .forbidden,
                        refusal: refusal
                    )
                    break
                }
                places.append((place, spending))
            }
            if let end {
                refused.append(end)
                continue
            }
            move.authorizations = []
            for (place, spending) in places {
                let order = move.order(of: place.binding.wallet)
                move.authorizations?.append(order.id)
                try reserve(order, place, spending, in: transaction)
            }
            allowed.append(move)
        }
        var outgoing: [Outgoing] = []
        if !allowed.isEmpty {
            outgoing.append(.command(MoveGroups(moves: allowed), to: .settlement))
        }
        if !refused.isEmpty {
            outgoing.append(.command(RecordGroupMoves(ends: refused), to: .escrow))
        }
        return outgoing
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

    /// Reserves a release in the windows of one signing wallet, once.
    private func reserve(
        _ order: PaymentOrder,
        _ place: Binding.WithPolicy,
        _ spending: Spending,
        in transaction: borrowing Transaction
    ) throws(StorageError) {
        guard try AuthorizationRow.find(order.id, in: transaction) == nil else { return }
        var spending = spending
        try AuthorizationRow(order, place, at: spending.now).insert(in: transaction)
        spending.add(order.amount.minorUnits)
        try spending.write(in: transaction)
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
