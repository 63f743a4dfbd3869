import Contracts
import JSON
import Storage

/// A webhook endpoint as its table has it.
struct EndpointRow {
    var snapshot: EndpointSnapshot
    var secretNumber: Int64
    var failures: Int64
    var underWay: Int64

    /// The request that made it, as JSON; those of older builds are not kept.
    var madeAs: String?

    static let columns: SQL = """
        SELECT id, organisation_id, url, types, summary, status, reason, previous_until, created_at,
            secret_number, failures, under_way, made_as
        FROM webhook_endpoint
        """

    init(_ row: borrowing Row) {
        snapshot = EndpointSnapshot(
            id: row.identifier(0),
            organisation: row.identifier(1),
            url: row.text(2),
            types: row.text(3).split(separator: ",").compactMap { EventType(rawValue: String($0)) },
            summary: row.optionalText(4),
            status: EndpointSnapshot.Status(rawValue: row.text(5)) ?? .disabled,
            reason: row.optionalText(6),
            rotatingUntil: row.optionalTimestamp(7),
            createdAt: row.timestamp(8)
        )
        secretNumber = row.integer(9)
        failures = row.integer(10)
        underWay = row.integer(11)
        madeAs = row.optionalText(12)
    }

    /// The endpoint as its readers see it at a time.
    func snapshot(at now: Timestamp) -> EndpointSnapshot {
        var snapshot = snapshot
        if let until = snapshot.rotatingUntil, until <= now { snapshot.rotatingUntil = nil }
        return snapshot
    }

    /// The numbers of the secrets that are valid at a time, the present one first.
    func secretNumbers(at now: Timestamp) -> [Int64] {
        snapshot(at: now).rotatingUntil == nil
            ? [secretNumber] : [secretNumber, secretNumber - 1]
    }

    /// The endpoint as a request made it, or `nil` when another request made it.
    func asMade(by request: CreateEndpoint) -> EndpointRow? {
        guard snapshot.organisation == request.organisation else { return nil }
        guard let madeAs else {
            let isSame =
                snapshot.url == request.url && snapshot.types == request.types
                && snapshot.summary == request.summary
            return isSame ? self : nil
        }
        guard madeAs == Self.text(of: request) else { return nil }
        var made = self
        made.snapshot.url = request.url
        made.snapshot.types = request.types
        made.snapshot.summary = request.summary
        made.snapshot.status = .active
        made.snapshot.reason = nil
        made.snapshot.rotatingUntil = nil
        return made
    }

    /// A request as it is kept.
    static func text(of request: CreateEndpoint) -> String {
        guard let bytes = try? JSON.encode(request) else {
            preconditionFailure("a message of a contract can be encoded")
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    func wants(_ type: EventType) -> Bool {
        snapshot.types.isEmpty || snapshot.types.contains(type)
    }

    static func text(of types: [EventType]) -> String {
        types.map(\.rawValue).joined(separator: ",")
    }

    /// Finds an endpoint that was not deleted.
    static func find(
        _ id: WebhookEndpoint.ID,
        of organisation: Organisation.ID,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> EndpointRow? {
        try transaction.first(
            columns + "WHERE id = \(id) AND organisation_id = \(organisation)"
                + "AND status <> 'deleted'"
        ) { row throws(StorageError) in EndpointRow(row) }
    }

    /// The endpoints that are told of an organisation's events.
    static func active(
        of organisation: Organisation.ID,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [EndpointRow] {
        try transaction.rows(
            columns
                + """
                WHERE organisation_id = \(organisation) AND status = 'active'
                    AND status <> 'deleted' ORDER BY id
                """
        ) { row throws(StorageError) in EndpointRow(row) }
    }
}
