import Contracts
import Messaging
import Storage

extension EscrowStateMachine {
    /// What its creator was refused at once is no escrow to its readers; one that waited for a
    /// person's yes is, whatever became of it.
    private static let visible: SQL = """
        (status NOT IN ('requested', 'blocked', 'failed')
            OR status <> 'requested' AND json_extract(body, '$.snapshot.approval') IS NOT NULL)
        """

    func get(
        _ question: GetEscrow,
        to address: ReturnAddress,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> Outgoing {
        let found = try EscrowRow.list(
            "WHERE id = \(question.escrow) AND " + Self.visible,
            in: transaction
        ).first?.snapshot
        guard let found, found.organisation == question.organisation,
            question.party.map({ found.isParty($0) }) ?? true
        else { return .reply(RequestRefused.noEscrow, to: address) }
        return .reply(EscrowReply(escrow: found, isReplay: false), to: address)
    }

    func list(
        _ question: ListEscrows,
        to address: ReturnAddress,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> Outgoing {
        let limit = min(max(question.page.limit, 1), 100)
        var before = Int64.max
        if let after = question.page.after {
            guard let number = Int64(after.id) else {
                let message = "The position does not belong to this list."
                return .reply(RequestRefused(.invalidRequest, message: message), to: address)
            }
            before = number
        }
        let end = try lastLookedAt(question, before: before, in: transaction)
        let page = try EscrowRow.page(
            query(question, before: before, from: end?.number ?? 0, limit: limit + 1),
            limit: limit,
            in: transaction
        )
        let last = page.hasMore ? page.elements.last : end
        let list = EscrowList(
            escrows: page.elements.map(\.snapshot),
            next: last.map {
                PagePosition(createdAt: $0.snapshot.createdAt, id: String($0.number))
            }
        )
        return .reply(list, to: address)
    }

    /// How many escrows of an organisation, or on each side of a wallet, a page looks at.
    ///
    /// No index tells all that can be asked for; the next page goes on there.
    private static let escrowsPerLook = 1000

    /// The conditions of the parts that a list is put together of.
    private func legs(of question: ListEscrows) -> [SQL] {
        guard let party = question.party else {
            return ["organisation_id = \(question.organisation)"]
        }
        return ["payer_wallet_id = \(party)", "receiver_wallet_id = \(party)"]
    }

    /// The escrow at which a look ends, or `nil` when it reaches the first of all.
    private func lastLookedAt(
        _ question: ListEscrows,
        before: Int64,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> EscrowRow? {
        var last: EscrowRow?
        for leg in legs(of: question) {
            let found = try EscrowRow.list(
                "WHERE" + leg
                    + """
                    AND number < \(before)
                    ORDER BY number DESC LIMIT 1 OFFSET \(Self.escrowsPerLook - 1)
                    """,
                in: transaction
            ).first
            if let found, found.number > last?.number ?? 0 { last = found }
        }
        return last
    }

    private func query(
        _ question: ListEscrows,
        before: Int64,
        from first: Int64,
        limit: Int
    ) -> SQL {
        // The plus keeps the index of the whole organisation from being taken for one wallet.
        var filter: SQL = """
            AND +organisation_id = \(question.organisation)
                AND number < \(before) AND number >= \(first) AND
            """
        filter = filter + Self.visible
        switch question.status {
        case nil: break
        case .completed: filter = filter + "AND status IN ('completed', 'releasing')"
        case .locked: filter = filter + "AND status IN ('locked', 'refunding')"
        case .some(let status): filter = filter + "AND status = \(status.rawValue)"
        }
        let order: SQL = "ORDER BY number DESC LIMIT \(limit)"
        let parts = legs(of: question).map {
            "SELECT number FROM escrow WHERE" + $0 + filter + order
        }
        guard parts.count == 2 else { return "WHERE number IN (" + parts[0] + ")" + order }
        return "WHERE number IN (SELECT number FROM (" + parts[0]
            + ") UNION SELECT number FROM (" + parts[1] + "))" + order
    }
}
