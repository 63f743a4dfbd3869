import Contracts
import JSON
import Storage

/// The event log: a gap-free sequence of events per organisation.
enum EventLog {
    /// Appends the events that are not in the log yet, each with the next number of its
    /// organisation.
    ///
    /// The number and the event are in one transaction, so a number that was given is in the log
    /// and none is skipped (`Architecture.md`, invariant 7).
    ///
    /// - Returns: The events that are new.
    static func append(
        _ events: [EventRecord],
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [SequencedEvent] {
        var appended: [SequencedEvent] = []
        var lastSequences: [Organisation.ID: Int64] = [:]
        for event in events {
            var sequence = lastSequences[event.organisation]
            if sequence == nil {
                sequence = try lastSequence(of: event.organisation, in: transaction)
            }
            let next = (sequence ?? 0) + 1
            guard try insert(event, at: next, in: transaction) else { continue }
            lastSequences[event.organisation] = next
            appended.append(SequencedEvent(sequence: next, event: event))
        }
        for (organisation, last) in lastSequences.sorted(by: { $0.key < $1.key }) {
            try transaction.execute(
                """
                INSERT INTO event_sequence (organisation_id, last_sequence)
                VALUES (\(organisation), \(last))
                ON CONFLICT (organisation_id) DO UPDATE SET last_sequence = excluded.last_sequence
                """
            )
        }
        return appended
    }

    /// Finds an event of an organisation.
    static func find(
        _ id: Event.ID,
        of organisation: Organisation.ID,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> SequencedEvent? {
        try transaction.first(
            """
            SELECT sequence, body FROM event
            WHERE id = \(id) AND organisation_id = \(organisation)
            """
        ) { row throws(StorageError) in
            SequencedEvent(sequence: row.integer(0), event: try event(from: row.text(1)))
        }
    }

    /// Returns a part of an organisation's log, in the order of the sequence.
    static func list(
        _ question: ListEvents,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> EventList {
        let limit = min(max(question.limit, 1), 100)
        let last = question.type == nil ? nil : try lastLookedAt(question, in: transaction)
        let page = try transaction.page(
            query(question, until: last ?? .max, limit: limit + 1),
            limit: limit
        ) { row throws(StorageError) in
            SequencedEvent(sequence: row.integer(0), event: try event(from: row.text(1)))
        }
        return EventList(
            events: page.elements,
            hasMore: page.hasMore || last != nil,
            lastSequence: try lastSequence(of: question.organisation, in: transaction),
            next: page.hasMore ? page.elements.last?.sequence : last
        )
    }

    /// How many events a page of one type looks at.
    private static let eventsPerLook = 10_000

    /// The number of the last event that a page of one type looks at, or `nil` when there are no
    /// more: no index tells the types.
    private static func lastLookedAt(
        _ question: ListEvents,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> Int64? {
        var sql: SQL = """
            SELECT sequence FROM event
            WHERE organisation_id = \(question.organisation) AND sequence > \(question.after)
            """
        if let wallet = question.wallet {
            sql = """
                SELECT sequence FROM event_party
                WHERE organisation_id = \(question.organisation) AND wallet_id = \(wallet)
                    AND sequence > \(question.after)
                """
        }
        return try transaction.first(
            sql + "ORDER BY sequence LIMIT 1 OFFSET \(Self.eventsPerLook - 1)"
        ) { row in row.integer(0) }
    }

    private static func query(_ question: ListEvents, until last: Int64, limit: Int) -> SQL {
        var sql: SQL
        if let wallet = question.wallet {
            sql = """
                SELECT event.sequence, event.body FROM event_party
                JOIN event ON event.organisation_id = event_party.organisation_id
                    AND event.sequence = event_party.sequence
                WHERE event_party.organisation_id = \(question.organisation)
                    AND event_party.wallet_id = \(wallet)
                    AND event_party.sequence > \(question.after)
                    AND event_party.sequence <= \(last)
                """
        } else {
            sql = """
                SELECT event.sequence, event.body FROM event
                WHERE event.organisation_id = \(question.organisation)
                    AND event.sequence > \(question.after) AND event.sequence <= \(last)
                """
        }
        if let type = question.type {
            sql = sql + "AND event.type = \(type.rawValue)"
        }
        let order: SQL =
            question.wallet == nil ? "ORDER BY event.sequence" : "ORDER BY event_party.sequence"
        return sql + order + "LIMIT \(limit)"
    }

    /// Writes an event and its parties, unless the event is in the log already.
    private static func insert(
        _ event: EventRecord,
        at sequence: Int64,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> Bool {
        let count = try transaction.execute(
            """
            INSERT INTO event (organisation_id, sequence, id, type, occurred_at, body)
            VALUES (\(event.organisation), \(sequence), \(event.id), \(event.type.rawValue),
                \(event.occurredAt), \(try text(of: event)))
            ON CONFLICT (id) DO NOTHING
            """
        )
        guard count == 1 else { return false }
        let wallets = Set(event.wallets).sorted()
        if wallets.count == 2 {
            // Nearly every event has two parties.
            try transaction.execute(
                """
                INSERT INTO event_party (organisation_id, wallet_id, sequence)
                VALUES (\(event.organisation), \(wallets[0]), \(sequence)),
                    (\(event.organisation), \(wallets[1]), \(sequence))
                """
            )
            return true
        }
        for wallet in wallets {
            try transaction.execute(
                """
                INSERT INTO event_party (organisation_id, wallet_id, sequence)
                VALUES (\(event.organisation), \(wallet), \(sequence))
                """
            )
        }
        return true
    }

    private static func lastSequence(
        of organisation: Organisation.ID,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> Int64 {
        try transaction.first(
            "SELECT last_sequence FROM event_sequence WHERE organisation_id = \(organisation)"
        ) { row in row.integer(0) } ?? 0
    }

    private static func text(of event: EventRecord) throws(StorageError) -> String {
        do {
            return String(decoding: try JSON.encode(event), as: UTF8.self)
        } catch {
            throw StorageError(.constraint, message: "an event could not be encoded")
        }
    }

    private static func event(from text: String) throws(StorageError) -> EventRecord {
        do {
            return try JSON.decode(EventRecord.self, from: Array(text.utf8))
        } catch {
            throw StorageError(.corrupt, message: "an event of the log could not be read")
        }
    }
}
