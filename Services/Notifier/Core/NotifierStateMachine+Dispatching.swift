import APIObjects
import Contracts
import JSON
import Messaging
import Storage
import Webhooks

extension NotifierStateMachine {
    /// One delivery whose attempt begins.
    private struct Due {
        var id: Delivery.ID
        var event: Event.ID
        var body: String?
        var attempts: Int64
    }

    /// Begins the attempts that are due, as far as there is room.
    ///
    /// Organisations take turns, and endpoints of each: an organisation takes at most half of the
    /// room that others leave, so that receivers that do not answer delay nobody else's. Endpoints
    /// whose last attempt failed share a part of the room only.
    func dispatch(
        at now: Timestamp,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [Outgoing] {
        var busy: [Bool: Int] = [:]
        let counts = try transaction.rows(
            """
            SELECT failures > 0, sum(under_way) FROM webhook_endpoint
            WHERE under_way > 0 GROUP BY failures > 0
            """
        ) { row throws(StorageError) in (row.boolean(0), Int(row.integer(1))) }
        for (isFailing, count) in counts { busy[isFailing] = count }
        let total = limits.underWay - (busy[true] ?? 0) - (busy[false] ?? 0)
        guard total > 0 else { return [] }
        let well = try begin(isFailing: false, room: total, at: now, in: transaction)
        let room = min(total - well.count, limits.underWayToFailing - (busy[true] ?? 0))
        return well + (try begin(isFailing: true, room: room, at: now, in: transaction))
    }

    private func begin(
        isFailing: Bool,
        room: Int,
        at now: Timestamp,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [Outgoing] {
        guard room > 0 else { return [] }
        let slots = isFailing ? limits.underWayToFailingOne : limits.underWayToOne
        var bodies: [Event.ID: [UInt8]] = [:]
        var orders: [Outgoing] = []
        for owner in try owners(isFailing: isFailing, slots, at: now, in: transaction) {
            let free = room - orders.count
            guard free > 0 else { break }
            let part = (free - owner.underWay + 1) / 2
            guard part > 0 else { continue }
            let rows = try transaction.rows(
                EndpointRow.columns
                    + """
                    WHERE organisation_id = \(owner.organisation) AND status = 'active'
                        AND due_at <= \(now) AND under_way < \(slots)
                        AND (failures > 0) = \(isFailing)
                    ORDER BY due_at, id LIMIT \(part)
                    """
            ) { row throws(StorageError) in EndpointRow(row) }
            var left = part
            for (index, row) in rows.enumerated() {
                let limit = min(max(1, left / (rows.count - index)), slots - Int(row.underWay))
                let taken = try take(limit, of: row, at: now, in: transaction)
                left -= taken.count
                for due in taken {
                    let known = due.body == nil ? bodies[due.event] : nil
                    let body =
                        if let known { known } else { try self.body(of: due, row, in: transaction) }
                    if due.body == nil { bodies[due.event] = body }
                    orders.append(.order(exchange(due, row, body, at: now)))
                }
            }
        }
        return orders
    }

    /// The organisations with an endpoint that is due, those first that wait longest, and how many
    /// attempts are under way to their endpoints of a kind.
    ///
    /// At most 2,000 endpoints are looked at: those of organisations that have taken their part are
    /// fewer, because each takes half of what is left and has a hundred endpoints at most.
    private func owners(
        isFailing: Bool,
        _ slots: Int,
        at now: Timestamp,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [(organisation: Organisation.ID, underWay: Int)] {
        let busy = try transaction.rows(
            """
            SELECT organisation_id, under_way FROM webhook_endpoint
            WHERE under_way > 0 AND (failures > 0) = \(isFailing) LIMIT \(limits.underWay)
            """
        ) { row in (organisation: Organisation.ID(row.text(0)), underWay: Int(row.integer(1))) }
        let due = try transaction.rows(
            """
            SELECT organisation_id FROM webhook_endpoint
            WHERE status = 'active' AND due_at <= \(now) AND under_way < \(slots)
                AND (failures > 0) = \(isFailing)
            ORDER BY due_at, id LIMIT 2000
            """
        ) { row in Organisation.ID(row.text(0)) }
        var underWay: [Organisation.ID: Int] = [:]
        for row in busy { underWay[row.organisation, default: 0] += row.underWay }
        var seen: Set<Organisation.ID> = []
        return due.filter { seen.insert($0).inserted }.map { ($0, underWay[$0] ?? 0) }
    }

    /// Takes what is due out of an endpoint's queue, for the time of a lease.
    private func take(
        _ limit: Int,
        of row: EndpointRow,
        at now: Timestamp,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [Due] {
        let endpoint = row.snapshot.id
        let due = try transaction.rows(
            """
            SELECT id, event_id, body, attempts FROM delivery
            WHERE endpoint_id = \(endpoint) AND state = 'pending' AND next_at <= \(now)
            ORDER BY next_at, sequence LIMIT \(limit)
            """
        ) { row throws(StorageError) in
            Due(
                id: row.identifier(0),
                event: row.identifier(1),
                body: row.optionalText(2),
                attempts: row.integer(3)
            )
        }
        let lease = now.advanced(byMilliseconds: limits.leaseMilliseconds)
        for delivery in due {
            try transaction.execute(
                """
                UPDATE delivery SET state = 'under_way', next_at = \(lease)
                WHERE id = \(delivery.id)
                """
            )
        }
        try settle(endpoint, by: Int64(due.count), in: transaction)
        return due
    }

    /// Counts attempts that begin or end, and notes when the endpoint's next one is due.
    private func settle(
        _ endpoint: WebhookEndpoint.ID,
        by change: Int64,
        in transaction: borrowing Transaction
    ) throws(StorageError) {
        try transaction.execute(
            """
            UPDATE webhook_endpoint SET under_way = under_way + \(change),
                due_at = (SELECT min(next_at) FROM delivery
                    WHERE endpoint_id = \(endpoint) AND state = 'pending')
            WHERE id = \(endpoint)
            """
        )
    }

    private func body(
        of due: Due,
        _ row: EndpointRow,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [UInt8] {
        if let body = due.body { return Array(body.utf8) }
        let organisation = row.snapshot.organisation
        guard let found = try EventLog.find(due.event, of: organisation, in: transaction) else {
            throw StorageError(.corrupt, message: "a delivery has no event")
        }
        return JSONValue.object(Rendering.message(of: found)).bytes()
    }

    private func exchange(
        _ due: Due,
        _ row: EndpointRow,
        _ body: [UInt8],
        at now: Timestamp
    ) -> HTTPExchange {
        HTTPExchange(
            id: "\(due.id.rawValue)#\(due.attempts + 1)",
            method: "POST",
            url: row.snapshot.url,
            headers: signer.headers(
                due.event,
                at: now,
                body: body,
                endpoint: row.snapshot.id,
                numbers: row.secretNumbers(at: now)
            ),
            body: body,
            timeoutMilliseconds: limits.attemptMilliseconds,
            keptBytes: limits.keptBytes,
            maximumBytes: 16 << 10,
            wantsDigest: false
        )
    }

    // MARK: The end of attempts

    /// Records attempts that have ended, and decides what follows.
    func conclude(
        _ results: [HTTPExchangeResult],
        at now: Timestamp,
        in transaction: borrowing Transaction
    ) throws(StorageError) {
        for result in results {
            let parts = result.id.split(separator: "#")
            guard parts.count == 2, let number = Int64(parts[1]) else { continue }
            let id = Delivery.ID(String(parts[0]))
            let found = try transaction.first(
                """
                SELECT endpoint_id, organisation_id FROM delivery
                WHERE id = \(id) AND state = 'under_way' AND attempts = \(number - 1)
                """
            ) { row throws(StorageError) -> (WebhookEndpoint.ID, Organisation.ID) in
                (row.identifier(0), row.identifier(1))
            }
            guard let (endpoint, organisation) = found else { continue }
            try record(result, number, of: id, at: now, in: transaction)
            let isGone = result.status == 410
            let isOver = isGone || number >= Int64(AttemptSchedule.seconds.count)
            if let status = result.status, (200...299).contains(status) {
                try end(id, number, as: .delivered, in: transaction)
                try transaction.execute(
                    "UPDATE webhook_endpoint SET failures = 0 WHERE id = \(endpoint)"
                )
            } else {
                if isOver {
                    try end(id, number, as: .failed, in: transaction)
                } else {
                    try wait(id, number, result.retryAfter, at: now, in: transaction)
                }
                try transaction.execute(
                    "UPDATE webhook_endpoint SET failures = failures + 1 WHERE id = \(endpoint)"
                )
            }
            try settle(endpoint, by: -1, in: transaction)
            if isOver, !(200...299).contains(result.status ?? 0) {
                let reason = isGone ? "gone" : "unanswered"
                try disable(endpoint, of: organisation, reason, at: now, in: transaction)
            }
        }
    }

    private func record(
        _ result: HTTPExchangeResult,
        _ number: Int64,
        of id: Delivery.ID,
        at now: Timestamp,
        in transaction: borrowing Transaction
    ) throws(StorageError) {
        let answer = result.status.map { _ in
            result.text(limits.keptBytes)
        }
        try transaction.execute(
            """
            INSERT INTO delivery_attempt (delivery_id, number, at, status, milliseconds, answer,
                failure)
            VALUES (\(id), \(number), \(now), \(result.status), \(result.milliseconds),
                \(answer), \(result.failure))
            """
        )
    }

    private func end(
        _ id: Delivery.ID,
        _ number: Int64,
        as state: DeliverySnapshot.State,
        in transaction: borrowing Transaction
    ) throws(StorageError) {
        try transaction.execute(
            """
            UPDATE delivery SET state = \(state.rawValue), attempts = \(number), next_at = NULL
            WHERE id = \(id)
            """
        )
    }

    private func wait(
        _ id: Delivery.ID,
        _ number: Int64,
        _ retryAfter: String?,
        at now: Timestamp,
        in transaction: borrowing Transaction
    ) throws(StorageError) {
        let next = AttemptSchedule.next(
            Int(number) + 1,
            of: id.rawValue,
            after: now,
            retryAfter: retryAfter
        )
        try transaction.execute(
            """
            UPDATE delivery SET state = 'pending', attempts = \(number), next_at = \(next)
            WHERE id = \(id)
            """
        )
    }

    /// Tells an endpoint nothing more, and the others that this is so.
    private func disable(
        _ id: WebhookEndpoint.ID,
        of organisation: Organisation.ID,
        _ reason: String,
        at now: Timestamp,
        in transaction: borrowing Transaction
    ) throws(StorageError) {
        let count = try transaction.execute(
            """
            UPDATE webhook_endpoint SET status = 'disabled', reason = \(reason)
            WHERE id = \(id) AND status = 'active'
            """
        )
        guard count > 0,
            let row = try EndpointRow.find(id, of: organisation, in: transaction)
        else { return }
        let event = EventRecord(
            id: Event.ID(
                bytes: Deliveries.bytes(of: "\(id.rawValue) disabled", at: now)
            ),
            organisation: organisation,
            type: .endpointDisabled,
            occurredAt: now,
            wallets: [],
            data: EventData(endpoint: row.snapshot(at: now))
        )
        let appended = try EventLog.append([event], in: transaction)
        _ = try Deliveries.create(for: appended, at: now, in: transaction)
    }

    // MARK: The pulse

    /// Takes back attempts of which nothing was heard, and forgets what is old or was deleted.
    func tidy(at now: Timestamp, in transaction: borrowing Transaction) throws(StorageError) {
        let lost = try transaction.rows(
            """
            SELECT id, endpoint_id FROM delivery
            WHERE state = 'under_way' AND next_at <= \(now)
            ORDER BY next_at LIMIT \(limits.rowsPerPulse)
            """
        ) { row throws(StorageError) -> (Delivery.ID, WebhookEndpoint.ID) in
            (row.identifier(0), row.identifier(1))
        }
        for (id, endpoint) in lost {
            try transaction.execute(
                "UPDATE delivery SET state = 'pending', next_at = \(now) WHERE id = \(id)"
            )
            try settle(endpoint, by: -1, in: transaction)
        }
        let horizon = now.advanced(byMilliseconds: -limits.keptMilliseconds)
        try forget(
            """
            WHERE state IN ('delivered', 'failed') AND created_at < \(horizon)
            ORDER BY created_at LIMIT \(limits.rowsPerPulse)
            """,
            in: transaction
        )
        let deleted = try transaction.first(
            "SELECT id FROM webhook_endpoint WHERE status = 'deleted' LIMIT 1"
        ) { row throws(StorageError) -> WebhookEndpoint.ID in row.identifier(0) }
        guard let deleted else { return }
        try forget(
            "WHERE endpoint_id = \(deleted) LIMIT \(limits.rowsPerPulse)",
            in: transaction
        )
        try transaction.execute(
            """
            DELETE FROM webhook_endpoint WHERE id = \(deleted)
                AND NOT EXISTS (SELECT 1 FROM delivery WHERE endpoint_id = \(deleted))
            """
        )
    }

    private func forget(
        _ filter: SQL,
        in transaction: borrowing Transaction
    ) throws(StorageError) {
        let ids = try transaction.rows("SELECT id FROM delivery" + filter) {
            row throws(StorageError) -> Delivery.ID in row.identifier(0)
        }
        for id in ids {
            try transaction.execute("DELETE FROM delivery_attempt WHERE delivery_id = \(id)")
            try transaction.execute("DELETE FROM delivery WHERE id = \(id)")
        }
    }
}
