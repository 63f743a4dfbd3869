import Contracts
import Storage

/// A payment or a funding as Settlement recorded it.
struct AuditedPayment {
    var id: String
    var type: String
    var status: String
    var asset: String
    var amount: Int64
    var entry: Int64?

    /// What a rail took beside the amount.
    var fee: Int64 = 0

    /// Whether it never changes again.
    var isFinal: Bool { ["confirmed", "blocked", "failed"].contains(status) }

    /// The identifier of the event that its final status is.
    var eventID: String { "evt_" + id.dropFirst("tx_".count) }

    /// Reads all, or one.
    static func all(
        in transaction: borrowing Transaction,
        id: String? = nil
    ) throws(StorageError) -> [AuditedPayment] {
        var sql: SQL = """
            SELECT id, type, status, asset, amount_minor, entry_sequence, coalesce(fee_minor, 0)
            FROM payment
            """
        if let id { sql = sql + "WHERE id = \(id)" }
        return try transaction.rows(sql + "ORDER BY number") { row in
            AuditedPayment(
                id: row.text(0),
                type: row.text(1),
                status: row.text(2),
                asset: row.text(3),
                amount: row.integer(4),
                entry: row.optionalInteger(5),
                fee: row.integer(6)
            )
        }
    }
}
