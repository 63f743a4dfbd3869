import Contracts
import Messaging
import Storage

extension EscrowStateMachine {
    /// What never locked anything is no escrow to its readers.
    private static let visible: SQL = "status NOT IN ('requested', 'blocked', 'failed')"

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
                let message = "The position is none of this list."
                return .reply(RequestRefused(.invalidRequest, message: message), to: address)
            }
            before = number
        }
        var filter: SQL = "WHERE organisation_id = \(question.organisation) AND "
        filter = filter + Self.visible + "AND number < \(before)"
        if let party = question.party {
            filter = filter + "AND (payer_wallet_id = \(party) OR receiver_wallet_id = \(party))"
        }
        switch question.status {
        case nil: break
        case .completed: filter = filter + "AND status IN ('completed', 'releasing')"
        case .locked: filter = filter + "AND status IN ('locked', 'refunding')"
        case .some(let status): filter = filter + "AND status = \(status.rawValue)"
        }
        let rows = try EscrowRow.list(
            filter + "ORDER BY number DESC LIMIT \(limit + 1)",
            in: transaction
        )
        let page = rows.prefix(limit)
        let last = rows.count > limit ? page.last : nil
        let list = EscrowList(
            escrows: page.map(\.snapshot),
            next: last.map {
                PagePosition(createdAt: $0.snapshot.createdAt, id: String($0.number))
            }
        )
        return .reply(list, to: address)
    }
}
