import Contracts
import JSON
import Storage

/// One release from a group account as it is stored.
struct ReleaseRow: Codable {
    /// What its readers see.
    var snapshot: ReleaseSnapshot

    /// Those who wait for the money to move.
    var waiting: [ReturnAddress] = []

    /// The row's place in the order of creation.
    var number: Int64 = 0

    private enum CodingKeys: CodingKey {
        case snapshot
        case waiting
    }

    init(_ snapshot: ReleaseSnapshot) {
        self.snapshot = snapshot
    }

    static func find(
        _ id: GroupRelease.ID,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> ReleaseRow? {
        try list("WHERE id = \(id)", in: transaction).first
    }

    static func list(
        _ filter: SQL,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [ReleaseRow] {
        try transaction.rows(columns + filter) { row throws(StorageError) in try read(row) }
    }

    /// Reads a page of a list, which ends where it would be too large; the filter asks for one row
    /// more than the limit.
    static func page(
        _ filter: SQL,
        limit: Int,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> (elements: [ReleaseRow], hasMore: Bool) {
        try transaction.page(columns + filter, limit: limit) { row throws(StorageError) in
            try read(row)
        }
    }

    private static let columns: SQL = "SELECT number, body FROM group_release "

    private static func read(_ row: borrowing Row) throws(StorageError) -> ReleaseRow {
        do {
            var stored = try JSON.decode(ReleaseRow.self, from: Array(row.text(1).utf8))
            stored.number = row.integer(0)
            return stored
        } catch {
            throw StorageError(.corrupt, message: "a release cannot be read")
        }
    }

    func insert(in transaction: borrowing Transaction) throws(StorageError) {
        try transaction.execute(
            """
            INSERT INTO group_release (id, group_id, status, expires_at, body)
            VALUES (\(snapshot.id), \(snapshot.group), \(snapshot.status.rawValue),
                \(snapshot.expiresAt), \(try text()))
            """
        )
    }

    func update(in transaction: borrowing Transaction) throws(StorageError) {
        try transaction.execute(
            """
            UPDATE group_release SET status = \(snapshot.status.rawValue), body = \(try text())
            WHERE id = \(snapshot.id)
            """
        )
    }

    private func text() throws(StorageError) -> String {
        do {
            return String(decoding: try JSON.encode(self), as: UTF8.self)
        } catch {
            throw StorageError(.constraint, message: "a release could not be encoded")
        }
    }
}
