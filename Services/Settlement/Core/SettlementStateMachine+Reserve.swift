import Contracts
import Crypto
import Ledger
import Messaging
import Storage

extension SettlementStateMachine {
    /// Returns the balances of a reserve in every asset of the platform.
    func reserve(
        of organisation: Organisation.ID,
        in transaction: borrowing Transaction
    ) throws(Stop) -> ReserveReply {
        let known = try Stop.run { () throws(StorageError) in
            try Balance.list(owner: organisation.rawValue, kind: .reserve, in: transaction)
        }
        let balances = Asset.all.map { asset in
            known.first { $0.asset == asset } ?? Balance(asset: asset, available: 0, held: 0)
        }
        return ReserveReply(balances: balances)
    }

    /// Records money that came in from the world; the reference makes it happen once.
    func deposit(
        _ body: DepositReserve,
        at timestamp: Timestamp,
        in transaction: borrowing Transaction
    ) throws(Stop) -> ReserveReply {
        try Stop.check(body.problem)
        let known = try Stop.run { () throws(StorageError) in
            try transaction.first(
                """
                SELECT asset, amount_minor, entry_sequence FROM deposit
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
            let message = "The reference was already used for another deposit."
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
        _ body: DepositReserve,
        at timestamp: Timestamp,
        in transaction: borrowing Transaction
    ) throws(Stop) -> Int64 {
        let asset = body.amount.asset
        let (world, reserve) = try Stop.run { () throws(StorageError) in
            (
                try Journal.open(
                    LedgerAccount(.external, of: body.organisation.rawValue, in: asset),
                    in: transaction
                ),
                try Journal.open(
                    LedgerAccount(.reserve, of: body.organisation.rawValue, in: asset),
                    in: transaction
                )
            )
        }
        let amount = body.amount.minorUnits
        let posted = try post(
            JournalEntry(
                kind: "deposit",
                reference: body.reference,
                postings: [.init(world, amount.opposite), .init(reserve, amount)]
            ),
            at: timestamp,
            in: transaction
        )
        try Stop.run { () throws(StorageError) in
            try transaction.execute(
                """
                INSERT INTO deposit (organisation_id, reference, asset, amount_minor,
                    entry_sequence, created_at)
                VALUES (\(body.organisation), \(body.reference), \(asset), \(amount),
                    \(posted.sequence), \(timestamp))
                """
            )
        }
        return posted.sequence
    }

    /// Posts one entry on its own.
    func post(
        _ entry: JournalEntry,
        at timestamp: Timestamp,
        in transaction: borrowing Transaction
    ) throws(Stop) -> PostedEntry {
        let outcome = try Stop.run { () throws(StorageError) in
            var journal = try Journal(signingWith: signingKey, in: transaction)
            let outcome = try journal.post(entry, at: timestamp, in: transaction)
            try journal.close(in: transaction)
            return outcome
        }
        switch outcome {
        case .posted(let posted): return posted
        case .insufficientFunds: throw .refused(.insufficientReserve, "The reserve has too little.")
        case .balanceTooLarge: throw .refused(.invalidRequest, "No account can hold so much.")
        }
    }
}
