import Contracts
import Messaging
import Storage
import Webhooks

/// Text messages on their way to whoever carries them.
enum Texts {
    /// The number of attempts of a text message.
    static let maximumAttempts = 6

    private static let leaseMilliseconds: Int64 = 40_000

    /// Takes messages in hand, each once.
    static func insert(
        _ texts: [TextMessage],
        at now: Timestamp,
        in transaction: borrowing Transaction
    ) throws(StorageError) {
        for text in texts {
            try transaction.execute(
                """
                INSERT INTO text_message (id, organisation_id, phone, words, state, next_at,
                    created_at)
                VALUES (\(text.id), \(text.organisation), \(text.to), \(text.words), 'pending',
                    \(now), \(now))
                ON CONFLICT DO NOTHING
                """
            )
        }
    }

    /// Orders those that are due, or of whose order nothing was heard.
    static func dispatch(
        at now: Timestamp,
        _ limits: NotifierLimits,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [Outgoing] {
        let due = try transaction.rows(
            """
            SELECT id, organisation_id, phone, words FROM text_message
            WHERE next_at <= \(now) ORDER BY next_at, id LIMIT \(limits.texts)
            """
        ) { row throws(StorageError) in
            TextMessage(
                id: row.identifier(0),
                organisation: row.identifier(1),
                to: row.text(2),
                words: row.optionalText(3) ?? ""
            )
        }
        let lease = now.advanced(byMilliseconds: leaseMilliseconds)
        for text in due {
            try transaction.execute(
                """
                UPDATE text_message SET state = 'under_way', next_at = \(lease)
                WHERE id = \(text.id)
                """
            )
        }
        return due.map { .order(TextOrder(text: $0)) }
    }

    /// Records what became of them; the words of one that has ended are forgotten.
    static func conclude(
        _ results: [TextResult],
        at now: Timestamp,
        in transaction: borrowing Transaction
    ) throws(StorageError) {
        for result in results {
            let attempts = try transaction.first(
                """
                SELECT attempts FROM text_message
                WHERE id = \(result.id) AND state = 'under_way'
                """
            ) { row throws(StorageError) in row.integer(0) }
            guard let attempts else { continue }
            let number = Int(attempts) + 1
            let isOver = result.isSent || number >= Self.maximumAttempts
            let state = result.isSent ? "sent" : isOver ? "failed" : "pending"
            let next =
                isOver
                ? nil
                : AttemptSchedule.next(
                    number + 1,
                    of: result.id.rawValue,
                    after: now,
                    retryAfter: nil
                )
            try transaction.execute(
                """
                UPDATE text_message SET state = \(state), attempts = \(number), next_at = \(next),
                    failure = \(result.failure),
                    words = CASE WHEN \(isOver) THEN NULL ELSE words END
                WHERE id = \(result.id)
                """
            )
        }
    }
}
