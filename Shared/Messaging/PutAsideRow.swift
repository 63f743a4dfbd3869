import Contracts
import Storage

/// A row of the table of the messages that an operator decides about.
struct PutAsideRow {
    var message: PutAsideMessage
    var bytes: [UInt8]

    private static let columns: SQL = """
        SELECT sequence, message_id, source, type, reason, attempts, put_aside_at, last_at, state,
            decided_by, decided_at
        """

    /// Finds a message with its bytes.
    static func find(
        _ number: Int64,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> PutAsideRow? {
        try transaction.first(columns + ", body FROM put_aside WHERE sequence = \(number)") {
            row throws(StorageError) in
            PutAsideRow(message: try message(row), bytes: row.blob(11))
        }
    }

    /// Lists messages, newest first.
    ///
    /// A position names a service as well, because lists of several services are one to an
    /// operator: at the same time those of a later name come first.
    static func list(
        _ question: ListPutAside,
        _ service: ServiceName,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> PutAsideList {
        let limit = min(max(question.page.limit, 1), 100)
        let (time, number) = position(question.page.after, service)
        let state = question.state?.rawValue
        let messages = try transaction.rows(
            columns
                + """
                FROM put_aside
                WHERE (put_aside_at, sequence) < (\(time), \(number))
                    AND (\(state) IS NULL OR state = \(state))
                ORDER BY put_aside_at DESC, sequence DESC LIMIT \(limit + 1)
                """
        ) { row throws(StorageError) in try message(row) }
        return PutAsideList(
            messages: Array(messages.prefix(limit)),
            hasMore: messages.count > limit
        )
    }

    /// Writes what has changed.
    func update(in transaction: borrowing Transaction) throws(StorageError) {
        try transaction.execute(
            """
            UPDATE put_aside SET reason = \(message.reason), attempts = \(message.attempts),
                last_at = \(message.lastAt), state = \(message.state.rawValue),
                decided_by = \(message.decidedBy), decided_at = \(message.decidedAt)
            WHERE sequence = \(message.number)
            """
        )
    }

    /// The first time and number that are not listed.
    private static func position(
        _ after: PagePosition?,
        _ service: ServiceName
    ) -> (Timestamp, Int64) {
        guard let after else { return (Timestamp(milliseconds: .max), .max) }
        let parts = after.id.split(separator: "-")
        guard parts.count == 2, let number = Int64(parts[1]) else { return (after.createdAt, 0) }
        let name = String(parts[0])
        if name == service.rawValue { return (after.createdAt, number) }
        return (after.createdAt, name > service.rawValue ? .max : 0)
    }

    private static func message(_ row: borrowing Row) throws(StorageError) -> PutAsideMessage {
        guard let state = PutAsideMessage.State(rawValue: row.text(8)) else {
            throw StorageError(.corrupt, message: "a message that was put aside has no state")
        }
        return PutAsideMessage(
            number: row.integer(0),
            message: row.identifier(1),
            source: row.text(2),
            type: row.text(3),
            reason: row.text(4),
            attempts: row.integer(5),
            putAsideAt: row.timestamp(6),
            lastAt: row.timestamp(7),
            state: state,
            decidedBy: row.optionalText(9),
            decidedAt: row.optionalTimestamp(10)
        )
    }
}
