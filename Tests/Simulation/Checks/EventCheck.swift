import JSON
import Storage

/// Invariant 7: each committed change has one event, and the numbers have no gaps.
struct EventCheck {
    /// The last number that was looked at, by organisation.
    private var last: [String: Int64] = [:]

    /// Looks at the numbers that are new.
    mutating func check(
        _ transaction: borrowing Transaction,
        _ findings: inout [String]
    ) throws(StorageError) {
        let sequences = try transaction.rows(
            "SELECT organisation_id, last_sequence FROM event_sequence ORDER BY organisation_id"
        ) { row in (row.text(0), row.integer(1)) }
        for (organisation, sequence) in sequences {
            let known = last[organisation] ?? 0
            guard sequence != known else { continue }
            last[organisation] = sequence
            let numbers = try transaction.first(
                """
                SELECT count(*), coalesce(max(sequence), 0) FROM event
                WHERE organisation_id = \(organisation) AND sequence > \(known)
                """
            ) { row in (row.integer(0), row.integer(1)) }
            guard let (count, greatest) = numbers else { continue }
            if count != sequence - known || greatest != sequence {
                findings.append(
                    "\(organisation) has \(count) events after \(known), the last is \(greatest), "
                        + "and its last number \(sequence)"
                )
            }
        }
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
            guard let value = try? JSONValue(parsing: body) else { continue }
            if let id = value["data"]?["payment"]?["id"]?.stringValue {
                told[id, default: []].append(type)
            } else if let id = value["data"]?["payout"]?["id"]?.stringValue,
                type == "transaction.completed"
            {
                told["tx_payout_" + id.filter { $0 != "-" }, default: []].append(type)
            }
        }
        let types = [
            "confirmed": ["transaction.completed", "wallet.funded", "wallet.defunded"],
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
