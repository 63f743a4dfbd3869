import Contracts
import Crypto
import Storage

/// The telling of events to endpoints: one row each, made in the transaction of the event.
enum Deliveries {
    static let columns: SQL = """
        SELECT id, endpoint_id, event_id, state, next_at, created_at FROM delivery
        """

    /// Makes the deliveries of new events to the endpoints that want them.
    ///
    /// - Returns: Whether there is anybody to tell.
    static func create(
        for events: [SequencedEvent],
        at now: Timestamp,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> Bool {
        var endpoints: [Organisation.ID: [EndpointRow]] = [:]
        var told: Set<WebhookEndpoint.ID> = []
        for event in events {
            let organisation = event.event.organisation
            if endpoints[organisation] == nil {
                endpoints[organisation] = try EndpointRow.active(of: organisation, in: transaction)
            }
            for row in endpoints[organisation] ?? [] where row.wants(event.event.type) {
                let id = identifier(event.event.id, row.snapshot.id, salt: "", at: now)
                try insert(id, of: event, to: row.snapshot.id, at: now, in: transaction)
                told.insert(row.snapshot.id)
            }
        }
        for endpoint in told.sorted() { try wake(endpoint, at: now, in: transaction) }
        return !told.isEmpty
    }

    /// Puts a delivery into an endpoint's queue, once.
    static func insert(
        _ id: Delivery.ID,
        of event: SequencedEvent,
        to endpoint: WebhookEndpoint.ID,
        body: String? = nil,
        at now: Timestamp,
        in transaction: borrowing Transaction
    ) throws(StorageError) {
        try transaction.execute(
            """
            INSERT INTO delivery (id, organisation_id, endpoint_id, event_id, sequence, body, state,
                next_at, created_at)
            VALUES (\(id), \(event.event.organisation), \(endpoint), \(event.event.id),
                \(event.sequence), \(body), 'pending', \(now), \(now))
            ON CONFLICT DO NOTHING
            """
        )
    }

    /// Notes that something of an endpoint's queue is due.
    static func wake(
        _ endpoint: WebhookEndpoint.ID,
        at now: Timestamp,
        in transaction: borrowing Transaction
    ) throws(StorageError) {
        try transaction.execute(
            """
            UPDATE webhook_endpoint SET due_at = \(now)
            WHERE id = \(endpoint) AND (due_at IS NULL OR due_at > \(now))
            """
        )
    }

    /// The identifier of a delivery, derived from what it is: a repeat meets the same row.
    static func identifier(
        _ event: Event.ID,
        _ endpoint: WebhookEndpoint.ID,
        salt: String,
        at timestamp: Timestamp
    ) -> Delivery.ID {
        let text = "\(event.rawValue) \(endpoint.rawValue) \(salt)"
        guard salt.isEmpty else {
            return Delivery.ID(bytes: Array(SHA256.digest(of: Array(text.utf8)).prefix(16)))
        }
        return Delivery.ID(bytes: bytes(of: text, at: timestamp))
    }

    /// Sixteen bytes for an identifier: 48 bits of time and 80 of a text's SHA-256.
    static func bytes(of text: String, at timestamp: Timestamp) -> [UInt8] {
        let time = UInt64(max(0, timestamp.rawValue))
        let head = (0..<6).map { UInt8(truncatingIfNeeded: time >> (40 - UInt64($0) * 8)) }
        return head + SHA256.digest(of: Array(text.utf8)).prefix(10)
    }

    /// Reads deliveries with their attempts.
    static func snapshots(
        _ filter: SQL,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [DeliverySnapshot] {
        var deliveries = try transaction.rows(columns + filter) { row throws(StorageError) in
            let state = DeliverySnapshot.State(rawValue: row.text(3)) ?? .failed
            return DeliverySnapshot(
                id: row.identifier(0),
                endpoint: row.identifier(1),
                event: row.identifier(2),
                state: state,
                attempts: [],
                nextAt: state == .pending ? row.optionalTimestamp(4) : nil,
                createdAt: row.timestamp(5)
            )
        }
        for index in deliveries.indices {
            deliveries[index].attempts = try transaction.rows(
                """
                SELECT at, status, milliseconds, answer, failure FROM delivery_attempt
                WHERE delivery_id = \(deliveries[index].id) ORDER BY number
                """
            ) { row throws(StorageError) in
                DeliveryAttempt(
                    at: row.timestamp(0),
                    status: row.optionalInteger(1).map { Int($0) },
                    milliseconds: row.integer(2),
                    answer: row.optionalText(3),
                    failure: row.optionalText(4)
                )
            }
        }
        return deliveries
    }
}
