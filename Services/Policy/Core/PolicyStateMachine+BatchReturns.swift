import Contracts
import Messaging
import Storage

/// What a batch reserved and is given back, so many payments at a time: others have their turn in
/// between.
extension PolicyStateMachine {
    /// Gives back what an attempt reserved, because its money provably did not move.
    func release(
        _ command: ReleaseBatch,
        at now: Timestamp,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [Outgoing] {
        let known = try BatchReturn.find(command.batch, command.attempt, in: transaction)
        try BatchReturn.forget(command.batch, command.attempt, in: transaction)
        return try goOn(
            BatchReturn(
                batch: command.batch,
                attempt: command.attempt,
                organisation: command.organisation,
                offset: known?.offset,
                problems: known?.problems ?? []
            ),
            at: now,
            in: transaction
        )
    }

    /// Gives back all that an attempt reserved, and tells Settlement why it is denied.
    ///
    /// Settlement hears of it when the windows are free: who submits again then is not denied for
    /// what is still being given back.
    func deny(
        _ command: AuthorizeBatch,
        _ problems: [String],
        at now: Timestamp,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [Outgoing] {
        try BatchReturn.forget(command.batch, command.attempt, in: transaction)
        return try goOn(
            BatchReturn(
                batch: command.batch,
                attempt: command.attempt,
                organisation: command.organisation,
                offset: command.offset,
                problems: problems
            ),
            at: now,
            in: transaction
        )
    }

    /// Gives back some more of the oldest attempt that is not given back whole.
    func goOnGivingBack(
        at now: Timestamp,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [Outgoing] {
        guard let first = try BatchReturn.first(in: transaction) else { return [] }
        try BatchReturn.forget(first.batch, first.attempt, in: transaction)
        let outgoing = try goOn(first, at: now, in: transaction)
        let hasMore = try BatchReturn.first(in: transaction) != nil
        return outgoing + (hasMore ? [.again] : [])
    }

    /// Gives back so many payments, and keeps what is left for the next turn.
    func goOn(
        _ giving: BatchReturn,
        at now: Timestamp,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [Outgoing] {
        var giving = giving
        for _ in 0..<paymentsPerTurn {
            let payment = BatchReturn.payment(giving.batch, giving.attempt, giving.next)
            let isKnown = try isKnown(payment, of: giving.organisation, in: transaction)
            guard isKnown else { return giving.decision }
            _ = try release(payment, at: now, in: transaction)
            giving.next += 1
        }
        try giving.insert(in: transaction)
        return [.again]
    }

    /// Whether an organisation has an authorization, in whatever state.
    func isKnown(
        _ payment: Payment.ID,
        of organisation: Organisation.ID,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> Bool {
        try transaction.exists(
            """
            SELECT 1 FROM authorization
            WHERE id = \(payment) AND organisation_id = \(organisation)
            """
        )
    }
}

/// An attempt of a batch that is being given back.
struct BatchReturn {
    var batch: String
    var attempt: Int64
    var organisation: Organisation.ID

    /// The first payment of the attempt that is still to be given back.
    var next: Int64 = 0

    /// The part that was denied.
    var offset: Int64?

    /// What Settlement is told at the end; empty when it waits for nothing.
    var problems: [String] = []

    /// What Settlement is told once everything is given back.
    var decision: [Outgoing] {
        guard !problems.isEmpty else { return [] }
        let decision = ExecuteBatch(
            organisation: organisation,
            batch: batch,
            attempt: attempt,
            problems: problems,
            offset: offset
        )
        return [.command(decision, to: .settlement)]
    }

    /// The authorization of one payment of a batch.
    static func payment(_ batch: String, _ attempt: Int64, _ index: Int64) -> Payment.ID {
        Payment.ID("tx_batch_\(batch.filter { $0 != "-" })_\(attempt)_\(index)")
    }

    static func find(
        _ batch: String,
        _ attempt: Int64,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> BatchReturn? {
        try list("WHERE batch_id = \(batch) AND attempt = \(attempt)", in: transaction)
    }

    /// The attempt that waits longest.
    static func first(in transaction: borrowing Transaction) throws(StorageError) -> BatchReturn? {
        try list("ORDER BY number LIMIT 1", in: transaction)
    }

    private static func list(
        _ filter: SQL,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> BatchReturn? {
        let columns: SQL = """
            SELECT batch_id, attempt, organisation_id, next_index, asked_offset, problems
            FROM batch_return
            """
        return try transaction.first(columns + filter) { row throws(StorageError) in
            BatchReturn(
                batch: row.text(0),
                attempt: row.integer(1),
                organisation: row.identifier(2),
                next: row.integer(3),
                offset: row.optionalInteger(4),
                problems: try StoredJSON.value(of: row.text(5))
            )
        }
    }

    func insert(in transaction: borrowing Transaction) throws(StorageError) {
        try transaction.execute(
            """
            INSERT INTO batch_return (batch_id, attempt, organisation_id, next_index, asked_offset,
                problems)
            VALUES (\(batch), \(attempt), \(organisation), \(next), \(offset),
                \(try StoredJSON.text(of: problems)))
            """
        )
    }

    static func forget(
        _ batch: String,
        _ attempt: Int64,
        in transaction: borrowing Transaction
    ) throws(StorageError) {
        try transaction.execute(
            "DELETE FROM batch_return WHERE batch_id = \(batch) AND attempt = \(attempt)"
        )
    }

    static let migration = Migration(
        "policy-012-batch-returns",
        [
            """
            CREATE TABLE batch_return (
                number INTEGER PRIMARY KEY,
                batch_id TEXT NOT NULL,
                attempt INTEGER NOT NULL,
                organisation_id TEXT NOT NULL,
                next_index INTEGER NOT NULL,
                asked_offset INTEGER,
                problems TEXT NOT NULL,
                UNIQUE (batch_id, attempt)
            ) STRICT
            """
        ]
    )
}
