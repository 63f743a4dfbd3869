import APIObjects
import Contracts
import JSON
import Storage

extension NotifierStateMachine {
    /// Lists an endpoint's deliveries, newest first.
    func list(
        _ question: ListDeliveries,
        in transaction: borrowing Transaction
    ) throws(Refusal) -> DeliveryList {
        _ = try endpoint(question.endpoint, of: question.organisation, in: transaction)
        let limit = min(max(question.page.limit, 1), 100)
        var filter: SQL = "WHERE endpoint_id = \(question.endpoint)"
        if let after = question.page.after {
            filter = filter + "AND (created_at, id) < (\(after.createdAt), \(after.id))"
        }
        let query = filter + "ORDER BY created_at DESC, id DESC LIMIT \(limit + 1)"
        let rows = try Refusal.run { () throws(StorageError) in
            try Deliveries.snapshots(query, in: transaction)
        }
        // A page ends where it would be too large: answers are what other people's servers said.
        var bytes = 0
        let page = Array(
            rows.prefix(limit).prefix { row in
                let isFirst = bytes == 0
                bytes += 1
                for attempt in row.attempts {
                    bytes += (attempt.answer ?? "").utf8.count + (attempt.failure ?? "").utf8.count
                }
                return bytes <= 1 << 20 || isFirst
            }
        )
        let last = rows.count > page.count ? page.last : nil
        return DeliveryList(
            deliveries: page,
            next: last.map { PagePosition(createdAt: $0.createdAt, id: $0.id.rawValue) }
        )
    }

    /// Sends a message that stands for no event.
    func test(
        _ body: TestEndpoint,
        at now: Timestamp,
        in transaction: borrowing Transaction
    ) throws(Refusal) -> DeliveryReply {
        let row = try endpoint(body.endpoint, of: body.organisation, in: transaction)
        guard row.snapshot.status == .active else { throw .disabled }
        let message: JSONValue = [
            "type": "webhook.test",
            "timestamp": .string(now.iso8601),
            "data": .object(Rendering.endpoint(row.snapshot(at: now))),
            "event_id": .string(body.event.rawValue),
            "sequence": .null,
        ]
        let event = SequencedEvent(
            sequence: 0,
            event: EventRecord(
                id: body.event,
                organisation: body.organisation,
                type: .endpointDisabled,
                occurredAt: now,
                wallets: [],
                data: EventData()
            )
        )
        let text = String(decoding: message.bytes(), as: UTF8.self)
        let made = try Refusal.run { () throws(StorageError) in
            try deliver(event, to: row, salt: "test", body: text, at: now, in: transaction)
        }
        guard let made else { throw .noEvent }
        return DeliveryReply(delivery: made)
    }

    /// Sends an event again, to one endpoint or to all that want it.
    func redeliver(
        _ body: RedeliverEvent,
        at now: Timestamp,
        in transaction: borrowing Transaction
    ) throws(Refusal) -> DeliveryList {
        let event = try Refusal.run { () throws(StorageError) in
            try EventLog.find(body.event, of: body.organisation, in: transaction)
        }
        guard let event else { throw .noEvent }
        var rows: [EndpointRow]
        if let id = body.endpoint {
            rows = [try endpoint(id, of: body.organisation, in: transaction)]
            guard rows.allSatisfy({ $0.snapshot.status == .active }) else { throw .disabled }
        } else {
            rows = try Refusal.run { () throws(StorageError) in
                try EndpointRow.active(of: body.organisation, in: transaction)
            }
            rows.removeAll { !$0.wants(event.event.type) }
        }
        let deliveries = try Refusal.run { () throws(StorageError) in
            var deliveries: [DeliverySnapshot] = []
            for row in rows {
                let salt = body.redelivery.rawValue
                let made = try deliver(event, to: row, salt: salt, at: now, in: transaction)
                deliveries += [made].compactMap(\.self)
            }
            return deliveries
        }
        return DeliveryList(deliveries: deliveries)
    }

    /// Sends a range of events again to an endpoint, those that it wants.
    func redeliver(
        _ body: RedeliverEvents,
        at now: Timestamp,
        in transaction: borrowing Transaction
    ) throws(Refusal) -> RedeliveryReply {
        let row = try endpoint(body.endpoint, of: body.organisation, in: transaction)
        guard row.snapshot.status == .active else { throw .disabled }
        return try Refusal.run { () throws(StorageError) in
            let until = body.until ?? .max
            var last = body.after
            var count = 0
            var read = 0
            var hasMore = true
            while hasMore, read < limits.redelivered, last < until {
                let list = try EventLog.list(
                    ListEvents(organisation: body.organisation, after: last, limit: 100),
                    in: transaction
                )
                let events = list.events.filter { $0.sequence <= until }
                for event in events where row.wants(event.event.type) {
                    let salt = body.redelivery.rawValue
                    let id = Deliveries.identifier(
                        event.event.id,
                        row.snapshot.id,
                        salt: salt,
                        at: now
                    )
                    try Deliveries.insert(
                        id,
                        of: event,
                        to: row.snapshot.id,
                        at: now,
                        in: transaction
                    )
                    count += 1
                }
                read += list.events.count
                last = events.last?.sequence ?? last
                hasMore = list.hasMore && events.count == list.events.count
            }
            if count > 0 { try Deliveries.wake(row.snapshot.id, at: now, in: transaction) }
            return RedeliveryReply(count: count, until: last, hasMore: hasMore && last < until)
        }
    }

    private func deliver(
        _ event: SequencedEvent,
        to row: EndpointRow,
        salt: String,
        body: String? = nil,
        at now: Timestamp,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> DeliverySnapshot? {
        let endpoint = row.snapshot.id
        let id = Deliveries.identifier(event.event.id, endpoint, salt: salt, at: now)
        try Deliveries.insert(id, of: event, to: endpoint, body: body, at: now, in: transaction)
        try Deliveries.wake(endpoint, at: now, in: transaction)
        return try Deliveries.snapshots("WHERE id = \(id)", in: transaction).first
    }
}
