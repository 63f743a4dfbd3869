import Storage

/// What Notifier's database says: the event log.
struct EventAudit {
    /// The type of each event, by identifier.
    var types: [String: String] = [:]

    /// The events of releases whose money did not move: Settlement has no payment of them.
    var unmoved: Set<String> = []
    var sequences: AuditCheck
    var outbox: WaitingMessages

    /// Reads one snapshot of the database.
    init(in transaction: borrowing Transaction) throws(StorageError) {
        outbox = try WaitingMessages(in: transaction)
        sequences = AuditCheck(
            "event_sequences",
            "the events of each organisation are numbered from 1 without a gap"
        )
        let events = try transaction.rows("SELECT id, type FROM event ORDER BY id") {
            ($0.text(0), $0.text(1))
        }
        types = Dictionary(uniqueKeysWithValues: events)
        unmoved = Set(
            try transaction.rows(
                """
                SELECT id FROM event WHERE type IN ('transaction.blocked', 'transaction.failed')
                    AND json_extract(body, '$.data.payment.type') = 'group_release'
                """
            ) { $0.text(0) }
        )
        sequences.examined = events.count
        let gaps = try transaction.rows(
            """
            SELECT event.organisation_id, count(*), min(event.sequence), max(event.sequence),
                event_sequence.last_sequence
            FROM event
            LEFT JOIN event_sequence ON event_sequence.organisation_id = event.organisation_id
            GROUP BY event.organisation_id
            HAVING count(*) <> max(event.sequence) OR min(event.sequence) <> 1
                OR event_sequence.last_sequence IS NOT max(event.sequence)
            ORDER BY event.organisation_id
            """
        ) { "\($0.text(0)) has \($0.integer(1)) events from \($0.integer(2)) to \($0.integer(3))" }
        for gap in gaps { sequences.find(gap) }
        let emptied = try transaction.rows(
            """
            SELECT organisation_id FROM event_sequence
            WHERE organisation_id NOT IN (SELECT organisation_id FROM event)
            ORDER BY organisation_id
            """
        ) { $0.text(0) }
        for organisation in emptied { sequences.find("\(organisation) has lost its events") }
    }
}
