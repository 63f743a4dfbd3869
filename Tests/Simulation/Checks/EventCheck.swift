import JSON
import Storage

/// Invariant 7: each committed change has one event, and the numbers have no gaps.
struct EventCheck {
    /// Looks at the numbers.
    func check(
        _ transaction: borrowing Transaction,
        _ findings: inout [String]
    ) throws(StorageError) {
        let gaps = try transaction.rows(
            """
            SELECT organisation_id, count(*), max(sequence), last_sequence FROM event
            JOIN event_sequence USING (organisation_id) GROUP BY organisation_id
            HAVING count(*) <> max(sequence) OR max(sequence) <> last_sequence
            """
        ) { row in "\(row.text(0)) has \(row.integer(1)) events, the last is \(row.integer(2))" }
        findings += gaps
    }

    /// Each payment that is final has one event that says so.
    func checkEnd(
        _ transaction: borrowing Transaction,
        _ payments: [String: String],
        _ findings: inout [String]
    ) throws(StorageError) {
        let bodies = try transaction.rows(
            "SELECT type, body FROM event ORDER BY organisation_id, sequence"
        ) { row in (row.text(0), row.text(1)) }
        var told: [String: [String]] = [:]
        for (type, body) in bodies {
            guard let value = try? JSONValue(parsing: body),
                let id = value["data"]?["payment"]?["id"]?.stringValue
            else { continue }
            told[id, default: []].append(type)
        }
        let types = [
            "confirmed": ["transaction.completed", "wallet.funded"],
            "blocked": ["transaction.blocked"], "failed": ["transaction.failed"],
        ]
        for (id, status) in payments.sorted(by: { $0.key < $1.key }) {
            let final = (told[id] ?? []).filter { $0 != "approval.requested" }
            guard final.count == 1, types[status]?.contains(final[0]) ?? false else {
                findings.append("payment \(id) is \(status), and its events are \(final)")
                return
            }
        }
        let waiting = try transaction.rows(
            "SELECT id, state FROM delivery WHERE state IN ('pending', 'under_way')"
        ) { row in "\(row.text(0)) (\(row.text(1)))" }
        if !waiting.isEmpty { findings.append("deliveries never end: \(waiting.prefix(5))") }
        let texts = try transaction.rows(
            "SELECT id FROM text_message WHERE state IN ('pending', 'under_way')"
        ) { row in row.text(0) }
        if !texts.isEmpty { findings.append("text messages never end: \(texts.prefix(5))") }
    }
}
