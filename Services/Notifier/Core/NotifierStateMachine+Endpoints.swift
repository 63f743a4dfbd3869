import Contracts
import Storage
import Webhooks

extension NotifierStateMachine {
    /// Finds an endpoint or refuses.
    func endpoint(
        _ id: WebhookEndpoint.ID,
        of organisation: Organisation.ID,
        in transaction: borrowing Transaction
    ) throws(Refusal) -> EndpointRow {
        let found = try Refusal.run { () throws(StorageError) in
            try EndpointRow.find(id, of: organisation, in: transaction)
        }
        guard let found else { throw .noEndpoint }
        return found
    }

    /// Makes an endpoint; a repeat meets the first one.
    func create(
        _ body: CreateEndpoint,
        at now: Timestamp,
        in transaction: borrowing Transaction
    ) throws(Refusal) -> EndpointReply {
        try check(url: body.url)
        let known = try Refusal.run { () throws(StorageError) in
            try transaction.first(
                EndpointRow.columns + "WHERE id = \(body.endpoint)"
            ) { row throws(StorageError) in EndpointRow(row) }
        }
        if let known {
            guard let made = known.asMade(by: body) else {
                throw .no(.idempotencyConflict, "The key stands for another webhook.")
            }
            return reply(made, at: now, secret: 1, isReplay: true, warns: true)
        }
        let count = try Refusal.run { () throws(StorageError) in
            try transaction.first(
                """
                SELECT count(*) FROM webhook_endpoint
                WHERE organisation_id = \(body.organisation) AND status <> 'deleted'
                """
            ) { row throws(StorageError) in row.integer(0) } ?? 0
        }
        guard count < limits.endpoints else {
            throw .no(.conflict, "An organisation has at most \(limits.endpoints) webhooks.")
        }
        _ = try Refusal.run { () throws(StorageError) in
            try transaction.execute(
                """
                INSERT INTO webhook_endpoint (id, organisation_id, url, types, summary, status,
                    secret_number, created_at, made_as)
                VALUES (\(body.endpoint), \(body.organisation), \(body.url),
                    \(EndpointRow.text(of: body.types)), \(body.summary), 'active', 1, \(now),
                    \(EndpointRow.text(of: body)))
                """
            )
        }
        let made = try endpoint(body.endpoint, of: body.organisation, in: transaction)
        return reply(made, at: now, secret: 1, warns: true)
    }

    /// Lists an organisation's endpoints, newest first.
    func list(
        _ question: ListEndpoints,
        at now: Timestamp,
        in transaction: borrowing Transaction
    ) throws(Refusal) -> EndpointList {
        let limit = min(max(question.page.limit, 1), 100)
        var sql =
            EndpointRow.columns
            + "WHERE organisation_id = \(question.organisation) AND status <> 'deleted'"
        if let after = question.page.after {
            sql = sql + "AND (created_at, id) < (\(after.createdAt), \(after.id))"
        }
        let query = sql + "ORDER BY created_at DESC, id DESC LIMIT \(limit + 1)"
        let rows = try Refusal.run { () throws(StorageError) in
            try transaction.rows(query) { row throws(StorageError) in EndpointRow(row) }
        }
        let page = rows.prefix(limit).map { $0.snapshot(at: now) }
        let last = rows.count > limit ? page.last : nil
        return EndpointList(
            endpoints: page,
            next: last.map { PagePosition(createdAt: $0.createdAt, id: $0.id.rawValue) }
        )
    }

    /// Changes an endpoint; one that is enabled again begins without failures.
    func update(
        _ body: UpdateEndpoint,
        at now: Timestamp,
        in transaction: borrowing Transaction
    ) throws(Refusal) -> EndpointReply {
        let row = try endpoint(body.endpoint, of: body.organisation, in: transaction)
        if let url = body.url { try check(url: url) }
        var changed = row.snapshot
        changed.url = body.url ?? changed.url
        changed.types = body.types ?? changed.types
        if let summary = body.summary { changed.summary = summary.isEmpty ? nil : summary }
        if let status = body.status, status != changed.status {
            changed.status = status
            changed.reason = nil
        }
        let failures = changed.status == row.snapshot.status ? row.failures : 0
        _ = try Refusal.run { () throws(StorageError) in
            try transaction.execute(
                """
                UPDATE webhook_endpoint SET url = \(changed.url),
                    types = \(EndpointRow.text(of: changed.types)), summary = \(changed.summary),
                    status = \(changed.status.rawValue), reason = \(changed.reason),
                    failures = \(failures)
                WHERE id = \(body.endpoint)
                """
            )
        }
        let updated = try endpoint(body.endpoint, of: body.organisation, in: transaction)
        return reply(updated, at: now, warns: true)
    }

    /// Forgets an endpoint: nobody sees it any more, and its rows go with the next pulses.
    func delete(
        _ body: DeleteEndpoint,
        at now: Timestamp,
        in transaction: borrowing Transaction
    ) throws(Refusal) -> EndpointReply {
        let row = try endpoint(body.endpoint, of: body.organisation, in: transaction)
        _ = try Refusal.run { () throws(StorageError) in
            try transaction.execute(
                "UPDATE webhook_endpoint SET status = 'deleted' WHERE id = \(body.endpoint)"
            )
        }
        return reply(row, at: now)
    }

    /// Gives an endpoint its next secret; a repeat meets the one that it made.
    func rotate(
        _ body: RotateEndpointSecret,
        at now: Timestamp,
        in transaction: borrowing Transaction
    ) throws(Refusal) -> EndpointReply {
        let row = try endpoint(body.endpoint, of: body.organisation, in: transaction)
        let known = try Refusal.run { () throws(StorageError) in
            try transaction.first(
                """
                SELECT endpoint_id, secret_number FROM webhook_rotation WHERE id = \(body.rotation)
                """
            ) { row throws(StorageError) in (endpoint: row.text(0), number: row.integer(1)) }
        }
        if let known {
            guard known.endpoint == body.endpoint.rawValue else {
                throw .no(.idempotencyConflict, "The key stands for another webhook's secret.")
            }
            return reply(row, at: now, secret: known.number, isReplay: true)
        }
        let number = row.secretNumber + 1
        let until = now.advanced(byMilliseconds: limits.rotationMilliseconds)
        try Refusal.run { () throws(StorageError) in
            try transaction.execute(
                """
                UPDATE webhook_endpoint SET secret_number = \(number), previous_until = \(until)
                WHERE id = \(body.endpoint)
                """
            )
            try transaction.execute(
                """
                INSERT INTO webhook_rotation (id, endpoint_id, secret_number)
                VALUES (\(body.rotation), \(body.endpoint), \(number))
                """
            )
        }
        let rotated = try endpoint(body.endpoint, of: body.organisation, in: transaction)
        return reply(rotated, at: now, secret: number)
    }

    private func reply(
        _ row: EndpointRow,
        at now: Timestamp,
        secret: Int64? = nil,
        isReplay: Bool? = nil,
        warns: Bool = false
    ) -> EndpointReply {
        let host = warns ? ServerURL.host(of: row.snapshot.url) : nil
        return EndpointReply(
            endpoint: row.snapshot(at: now),
            secret: secret.map { signer.secretText(of: row.snapshot.id, number: $0) },
            isReplay: isReplay,
            warning: host.flatMap { objection($0) }
        )
    }

    /// Where the name leads is checked when it is resolved, at each attempt.
    private func check(url: String) throws(Refusal) {
        guard ServerURL.isValid(url) else {
            throw .no(
                .invalidRequest,
                "The URL must begin with https:// or http://, name a host, and hold no user."
            )
        }
    }
}
