import Contracts
import Crypto
import Ledger
import Messaging
import Storage

extension SettlementStateMachine {
    /// Opens the group account of members and a threshold, once; Policy takes note of its members
    /// and answers.
    func open(
        _ body: OpenGroup,
        _ request: Asked,
        in transaction: borrowing Transaction
    ) throws(Stop) -> [Outgoing] {
        try Stop.check(Bounds.problem(members: body.members, threshold: body.threshold))
        let row = try group(
            of: body.members,
            threshold: body.threshold,
            asset: body.asset,
            body.organisation,
            openedBy: body.wallet,
            at: request.at,
            in: transaction
        )
        return try Stop.run { () throws(StorageError) in
            [try tell(row, answering: request.address, in: transaction)]
        }
    }

    /// Returns the group of members, which is opened if it is not there, unless its opener has
    /// opened too many that nobody has paid: a group is opened before anything is decided, and its
    /// members are written in two services.
    func group(
        of members: [String],
        threshold: Int,
        asset: Asset,
        _ organisation: Organisation.ID,
        openedBy opener: Wallet.ID?,
        at timestamp: Timestamp,
        in transaction: borrowing Transaction
    ) throws(Stop) -> GroupRow {
        let row = try Stop.run { () throws(StorageError) in
            try GroupRow.open(
                members,
                threshold: threshold,
                asset: asset,
                of: organisation,
                by: opener,
                at: timestamp,
                in: transaction
            )
        }
        guard let row else {
            throw .refused(
                .conflict,
                "The groups that the wallet has opened today and nobody has paid have"
                    + " \(GroupRow.unpaidMembers) members; pay one of them, or wait."
            )
        }
        return row
    }

    /// Tells Policy who the members of a group are.
    func tell(
        _ row: GroupRow,
        answering address: ReturnAddress? = nil,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> Outgoing {
        if !row.isTold {
            try transaction.execute(
                "UPDATE group_account SET is_told = 1 WHERE number = \(row.number)"
            )
        }
        let group = try row.snapshot(in: transaction)
        return .command(RecordGroup(group: group, returnAddress: address), to: .policy)
    }

    /// Tells Policy of the groups that were opened before it had to know them.
    func tellGroups(in transaction: borrowing Transaction) throws(StorageError) -> [Outgoing] {
        let untold = try GroupRow.list(
            "WHERE is_told = 0 ORDER BY number LIMIT 100",
            in: transaction
        )
        var outgoing: [Outgoing] = []
        for row in untold { outgoing.append(try tell(row, in: transaction)) }
        return outgoing
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
            var status: WalletSnapshot.Status?
            if let wallet = question.wallet {
                memberships = try row.members(that: wallet, in: transaction)
                if memberships.isEmpty { return nil }
                status = try WalletRow.find(wallet, in: transaction)?.snapshot.status
            }
            return GroupReply(
                group: try row.snapshot(in: transaction),
                memberships: memberships,
                walletStatus: status
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
        return try Stop.run { () throws(StorageError) in
            var rows: [GroupRow] = []
            if let wallet = question.wallet {
                let member = try GroupsOfWallet(
                    wallet,
                    question.organisation,
                    before: before,
                    in: transaction
                )
                for number in try member.numbers(limit + 1, in: transaction) {
                    rows += try GroupRow.list("WHERE number = \(number)", in: transaction)
                }
            } else {
                rows = try GroupRow.list(
                    """
                    WHERE organisation_id = \(question.organisation) AND number < \(before)
                    ORDER BY number DESC LIMIT \(limit + 1)
                    """,
                    in: transaction
                )
            }
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
            throw .refused(.invalidRequest, "The request names too many.")
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
        isGivenUp: Bool = false,
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
                end =
                    isGivenUp
                    ? GroupMoveEnd(release: move.release, failure: .invalidState)
                    : try carryOut(move, &work, in: transaction)
                try transaction.execute(
                    """
                    INSERT INTO group_move (release_id, entry_sequence, signature, failure)
                    VALUES (\(move.release), \(end.entry), \(end.signature),
                        \(end.failure?.rawValue))
                    """
                )
            }
            // What did not move counts in nobody's windows, though it was decided again since.
            if end.failure != nil { work.released += move.authorizations ?? [] }
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
        let signatures = move.signatures ?? []
        let wallets = Set(signatures.map(\.wallet))
        guard Set(signatures.map(\.member)).isSubset(of: members),
            Set(signatures.map(\.member)).count >= row.threshold, wallets.count >= row.threshold,
            move.authorizations?.count == wallets.count, move.amount.problem == nil
        else { return GroupMoveEnd(release: release, failure: .forbidden) }
        for wallet in wallets.sorted() {
            let signer = try WalletRow.find(wallet, in: transaction)?.snapshot
            guard let signer, signer.organisation == move.organisation else {
                return GroupMoveEnd(release: release, failure: .forbidden)
            }
            guard signer.status == .active else {
                return GroupMoveEnd(release: release, failure: .walletFrozen)
            }
        }
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
        if let failure = refusal(of: order, at: work.timestamp) {
            return GroupMoveEnd(release: release, failure: failure)
        }
        let receiver =
            if let wallet = move.receiverWallet {
                try Party.find(wallet, in: move.amount.asset, transaction)
            } else {
                try resolve(order, in: transaction)
            }
        guard let party = receiver, party.organisation == move.organisation,
            party.status != .closed
        else {
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

extension SettlementStateMachine {
    /// Why nothing is released to a destination, whoever it belongs to, or `nil`: as of an escrow,
    /// not to an invoice or a group, and an offer's rules hold.
    private func refusal(of order: PaymentOrder, at now: Timestamp) -> RequestRefused.Code? {
        switch order.destination.kind {
        case .bolt11: .noRail
        case .group: .destinationUnknown
        case .bolt12Offer: offerProblem(of: order, at: now)
        default: nil
        }
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
