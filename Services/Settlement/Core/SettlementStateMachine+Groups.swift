import Contracts
import Crypto
import Ledger
import Messaging
import Storage

extension SettlementStateMachine {
    /// Opens the group account of members and a threshold, once.
    func open(
        _ body: OpenGroup,
        at timestamp: Timestamp,
        in transaction: borrowing Transaction
    ) throws(Stop) -> GroupReply {
        try Stop.check(Bounds.problem(members: body.members, threshold: body.threshold))
        return try Stop.run { () throws(StorageError) in
            let row = try GroupRow.open(
                body.members,
                threshold: body.threshold,
                asset: body.asset,
                of: body.organisation,
                at: timestamp,
                in: transaction
            )
            return GroupReply(group: try row.snapshot(in: transaction), memberships: [])
        }
    }

    /// Answers a question for a group; to a wallet that is no member it is not there.
    func group(
        _ question: GetGroup,
        in transaction: borrowing Transaction
    ) throws(Stop) -> GroupReply {
        let reply = try Stop.run { () throws(StorageError) -> GroupReply? in
            guard
                let row = try GroupRow.find(
                    question.group,
                    of: question.organisation,
                    in: transaction
                )
            else { return nil }
            var memberships: [String] = []
            if let wallet = question.wallet {
                memberships = try row.members(that: wallet, in: transaction)
                if memberships.isEmpty { return nil }
            }
            return GroupReply(
                group: try row.snapshot(in: transaction),
                memberships: memberships
            )
        }
        guard let reply else { throw .refused(.notFound, "There is no such group.") }
        return reply
    }

    /// Answers a question for groups, newest first.
    func groups(
        _ question: ListGroups,
        in transaction: borrowing Transaction
    ) throws(Stop) -> GroupList {
        let limit = min(max(question.page.limit, 1), 100)
        let before = try question.page.number()
        var filter: SQL = """
            WHERE organisation_id = \(question.organisation) AND number < \(before)
            """
        if let wallet = question.wallet {
            filter =
                filter
                    + """
                    AND number IN (SELECT group_number FROM directory_entry
                        JOIN group_member ON member = value
                        WHERE wallet_id = \(wallet) AND kind = 'mixin_user'
                            AND directory_entry.organisation_id = \(question.organisation))
                    """
        }
        return try Stop.run { () throws(StorageError) in
            let rows = try GroupRow.list(
                filter + "ORDER BY number DESC LIMIT \(limit + 1)",
                in: transaction
            )
            let page = rows.prefix(limit)
            var groups: [GroupSnapshot] = []
            for row in page { groups.append(try row.snapshot(in: transaction)) }
            let last = rows.count > limit ? page.last : nil
            return GroupList(
                groups: groups,
                next: last.map { PagePosition(createdAt: $0.createdAt, id: String($0.number)) }
            )
        }
    }

    /// Answers a question for Mixin users and their wallets.
    func users(
        _ question: FindUsers,
        in transaction: borrowing Transaction
    ) throws(Stop) -> UserList {
        guard question.users.count + question.wallets.count <= 512 else {
            throw .refused(.invalidRequest, "The question names too many.")
        }
        return try Stop.run { () throws(StorageError) in
            var users: [KnownUser] = []
            let all: SQL = """
                SELECT value, wallet_id, agent, directory_entry.created_at FROM directory_entry
                JOIN wallet ON wallet.id = wallet_id
                WHERE directory_entry.organisation_id = \(question.organisation)
                    AND kind = 'mixin_user'
                """
            for user in question.users {
                users += try known(all + "AND value = \(user)", in: transaction)
            }
            for wallet in question.wallets {
                let own = all + "AND wallet_id = \(wallet)"
                users += try known(
                    own + "ORDER BY directory_entry.created_at, directory_entry.id",
                    in: transaction
                )
            }
            return UserList(users: users)
        }
    }

    private func known(
        _ sql: SQL,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [KnownUser] {
        try transaction.rows(sql) { row in
            KnownUser(
                user: row.text(0),
                wallet: row.identifier(1),
                agent: row.text(2),
                createdAt: row.timestamp(3)
            )
        }
    }

    // MARK: Releases

    /// Moves money out of groups, each release's once, and tells Escrow.
    func move(
        _ moves: [GroupMove],
        at timestamp: Timestamp,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [Outgoing] {
        var work = Execution(
            at: timestamp,
            journal: try Journal(signingWith: signingKey, in: transaction)
        )
        for move in moves {
            let end: GroupMoveEnd
            if let known = try known(move.release, in: transaction) {
                end = known
            } else {
                end = try carryOut(move, &work, in: transaction)
                try transaction.execute(
                    """
                    INSERT INTO group_move (release_id, entry_sequence, signature, failure)
                    VALUES (\(move.release), \(end.entry), \(end.signature),
                        \(end.failure?.rawValue))
                    """
                )
            }
            work.groupEnds.append(end)
        }
        try work.journal.close(in: transaction)
        return work.outgoing
    }

    private func known(
        _ release: GroupRelease.ID,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> GroupMoveEnd? {
        try transaction.first(
            """
            SELECT entry_sequence, signature, failure FROM group_move
            WHERE release_id = \(release)
            """
        ) { row in
            GroupMoveEnd(
                release: release,
                entry: row.optionalInteger(0),
                signature: row.optionalText(1),
                failure: row.optionalText(2).flatMap { RequestRefused.Code(rawValue: $0) }
            )
        }
    }

    private func carryOut(
        _ move: GroupMove,
        _ work: inout Execution,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> GroupMoveEnd {
        let release = move.release
        guard let row = try GroupRow.find(move.group, of: move.organisation, in: transaction),
            row.asset == move.amount.asset, release.isWellFormed
        else { return GroupMoveEnd(release: release, failure: .notFound) }
        let members = Set(try row.members(in: transaction))
        guard Set(move.signers).isSubset(of: members), Set(move.signers).count >= row.threshold,
            move.amount.problem == nil
        else { return GroupMoveEnd(release: release, failure: .forbidden) }
        guard let source = try row.account(in: transaction),
            source.available >= move.amount.minorUnits
        else { return GroupMoveEnd(release: release, failure: .insufficientFunds) }
        let order = PaymentOrder(
            id: Payment.ID("tx_" + release.rawValue.dropFirst("rel_".count)),
            organisation: move.organisation,
            wallet: Wallet.ID(""),
            destination: move.destination,
            recipient: move.recipient,
            amount: move.amount,
            amountText: move.amountText,
            digest: ""
        )
        guard let party = try resolve(order, in: transaction), party.status != .closed else {
            let code: RequestRefused.Code = move.destination.isOwn ? .destinationUnknown : .noRail
            return GroupMoveEnd(release: release, failure: code)
        }
        var payment = move.payment(order.id, to: party, at: work.timestamp)
        let target = try party.openAccount(in: move.amount.asset, transaction)
        try post(&payment, from: source, to: target, &work, in: transaction)
        guard payment.failure == nil else {
            return GroupMoveEnd(release: release, failure: payment.failure)
        }
        try PaymentStore.insert(
            payment,
            payerNumber: party.number,
            payeeNumber: party.number,
            in: transaction
        )
        if let event = EventRecord.of(payment, at: work.timestamp) { work.events.append(event) }
        return GroupMoveEnd(release: release, entry: payment.entry, signature: payment.signature)
    }
}

extension GroupMove {
    /// The movement as the transactions of the wallet that got it list it.
    fileprivate func payment(
        _ id: Payment.ID,
        to party: Party,
        at timestamp: Timestamp
    ) -> PaymentSnapshot {
        PaymentSnapshot(
            id: id,
            organisation: organisation,
            wallet: party.wallet,
            type: .groupRelease,
            status: .confirmed,
            recipient: recipient,
            recipientWallet: party.wallet,
            amount: amount,
            amountText: amountText,
            memo: group.rawValue,
            digest: SHA256.hex(of: Array(release.rawValue.utf8)),
            createdAt: timestamp,
            endedAt: timestamp
        )
    }
}
