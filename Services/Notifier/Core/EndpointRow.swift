import Contracts
import Storage

/// A webhook endpoint as its table has it.
struct EndpointRow {
    var snapshot: EndpointSnapshot
    var secretNumber: Int64
    var rotation: String?
    var failures: Int64
    var underWay: Int64

    static let columns: SQL = """
        SELECT id, organisation_id, url, types, summary, status, reason, previous_until, created_at,
            secret_number, rotation_id, failures, under_way
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
        rotation = row.optionalText(10)
        failures = row.integer(11)
        underWay = row.integer(12)
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
            columns + "WHERE organisation_id = \(organisation) AND status = 'active' ORDER BY id"
        ) { row throws(StorageError) in EndpointRow(row) }
    }
}
