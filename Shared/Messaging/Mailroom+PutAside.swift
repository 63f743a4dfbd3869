import Contracts
import Storage

extension Mailroom {
    /// Whether an operator decides about a message that is put aside.
    ///
    /// A request is nobody's case: its sender is told that it had no effect.
    func isForOperator(_ letter: DeadLetter) -> Bool {
        !letter.id.rawValue.isEmpty && inputs[letter.type]?.isForOperator ?? false
    }

    /// Keeps what will not take effect: for an operator whole and for good, or else the beginning
    /// of it, as long as it is among the latest.
    func keep(
        _ deadLetters: [DeadLetter],
        at timestamp: Timestamp,
        in transaction: borrowing Transaction
    ) throws(StorageError) {
        guard !deadLetters.isEmpty else { return }
        for letter in deadLetters {
            if isForOperator(letter) {
                // From now on a person keeps it from being handled.
                if let name = letter.suspectName { try Suspects.clear(name, in: transaction) }
                try keepForOperator(letter, at: timestamp, in: transaction)
                continue
            }
            try transaction.execute(
                """
                INSERT INTO dead_letter (received_at, source, type, reason, body)
                VALUES (\(timestamp), \(letter.instance), \(letter.type), \(letter.reason),
                    \(Array(letter.bytes.prefix(limits.deadLetterBytes))))
                """
            )
        }
        try transaction.execute(
            """
            DELETE FROM dead_letter WHERE sequence <=
                (SELECT max(sequence) FROM dead_letter) - \(limits.deadLetters)
            """
        )
    }

    /// Keeps a message and remembers that it has come: when it comes again, because the notice was
    /// lost, it is neither handled nor kept a second time.
    private func keepForOperator(
        _ letter: DeadLetter,
        at timestamp: Timestamp,
        in transaction: borrowing Transaction
    ) throws(StorageError) {
        try transaction.execute(
            """
            INSERT INTO inbox (message_id, received_at)
            VALUES (\(letter.id), \(timestamp)) ON CONFLICT DO NOTHING
            """
        )
        try transaction.execute(
            """
            INSERT INTO put_aside (message_id, source, type, reason, attempts, put_aside_at,
                last_at, state, body)
            VALUES (\(letter.id), \(letter.instance), \(letter.type), \(letter.reason),
                \(letter.attempts), \(timestamp), \(timestamp), 'undecided', \(letter.bytes))
            ON CONFLICT DO NOTHING
            """
        )
    }
}
