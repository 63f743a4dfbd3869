import Contracts
import Ledger
import Messaging
import Storage

extension SettlementStateMachine {
    /// Records money that went out to the world; the reference makes it happen once.
    func withdraw(
        _ body: WithdrawReserve,
        at timestamp: Timestamp,
        in transaction: borrowing Transaction
    ) throws(Stop) -> ReserveReply {
        try Stop.check(body.problem)
        let known = try Stop.run { () throws(StorageError) in
            try transaction.first(
                """
                SELECT asset, amount_minor, entry_sequence FROM withdrawal
                WHERE organisation_id = \(body.organisation) AND reference = \(body.reference)
                """
            ) { row in
                (
                    amount: Money(minorUnits: row.minorUnits(1), asset: row.asset(0)),
                    entry: row.integer(2)
                )
            }
        }
        if let known, known.amount != body.amount {
            let message = "The reference was already used for another withdrawal."
            throw .refused(.idempotencyConflict, message)
        }
        let entry: Int64
        if let known {
            entry = known.entry
        } else {
            entry = try post(body, at: timestamp, in: transaction)
        }
        var reply = try reserve(of: body.organisation, in: transaction)
        reply.entry = entry
        reply.isReplay = known != nil
        return reply
    }

    private func post(
        _ body: WithdrawReserve,
        at timestamp: Timestamp,
        in transaction: borrowing Transaction
    ) throws(Stop) -> Int64 {
        let asset = body.amount.asset
        let amount = body.amount.minorUnits
        let owner = body.organisation.rawValue
        let reserve = try Stop.run { () throws(StorageError) in
            try Journal.find(LedgerAccount(.reserve, of: owner, in: asset), in: transaction)
        }
        guard let reserve, reserve.available >= amount else {
            throw .refused(.insufficientReserve, "The reserve has too little \(asset.rawValue).")
        }
        let world = try Stop.run { () throws(StorageError) in
            try Journal.open(LedgerAccount(.external, of: owner, in: asset), in: transaction)
        }
        let posted = try post(
            JournalEntry(
                kind: "withdrawal",
                reference: body.reference,
                postings: [.init(reserve, amount.opposite), .init(world, amount)]
            ),
            at: timestamp,
            in: transaction
        )
        try Stop.run { () throws(StorageError) in
            try transaction.execute(
                """
                INSERT INTO withdrawal (organisation_id, reference, asset, amount_minor,
                    entry_sequence, created_at)
                VALUES (\(body.organisation), \(body.reference), \(asset), \(amount),
                    \(posted.sequence), \(timestamp))
                """
            )
        }
        return posted.sequence
    }
}
