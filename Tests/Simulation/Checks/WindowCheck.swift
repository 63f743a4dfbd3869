import JSON
import Storage

/// Invariants 2 and 8: no spending window is exceeded, and approvals are used once.
struct WindowCheck {
    static let tables: Set<String> = ["authorization", "approval", "spending_window", "binding"]

    private static let day: Int64 = 86_400_000
    private static let hour: Int64 = 3_600_000

    private var lastNumber: Int64 = 0

    /// The latest time of a decision about each wallet: its windows never go back, whatever the
    /// machine's clock does.
    private var latest: [Int64: Int64] = [:]
    private var pending: Set<Int64> = []
    private var decided: [String: String] = [:]

    private struct Row {
        var number: Int64
        var binding: Int64
        var asset: String
        var state: String
        var at: Int64
        var policy: String
        var version: Int64
    }

    /// Looks at the authorizations that are new, or waited for a person.
    mutating func check(
        _ written: Set<String>,
        _ transaction: borrowing Transaction,
        _ findings: inout [String]
    ) throws(StorageError) {
        var rows = try list("WHERE number > \(lastNumber) ORDER BY number", transaction)
        for number in pending.sorted() {
            rows += try list("WHERE number = \(number)", transaction)
        }
        for row in rows {
            if row.number > lastNumber {
                lastNumber = row.number
                let before = latest[row.binding] ?? 0
                if row.at < before {
                    findings.append("authorization \(row.number) is of \(row.at), after \(before)")
                }
                latest[row.binding] = max(before, row.at)
            }
            if row.state == "pending" {
                pending.insert(row.number)
            } else {
                pending.remove(row.number)
            }
            guard row.state == "reserved" || row.state == "pending" else { continue }
            try checkWindows(row, transaction, &findings)
        }
        if written.contains("approval") { try checkApprovals(transaction, &findings) }
    }

    private func list(
        _ filter: SQL,
        _ transaction: borrowing Transaction
    ) throws(StorageError) -> [Row] {
        let columns: SQL = """
            SELECT number, binding_number, asset, state, at, policy_id, policy_version
            FROM authorization
            """
        return try transaction.rows(columns + filter) { row in
            Row(
                number: row.integer(0),
                binding: row.integer(1),
                asset: row.text(2),
                state: row.text(3),
                at: row.integer(4),
                policy: row.text(5),
                version: row.integer(6)
            )
        }
    }

    /// Adds up what stands in the windows that end with an authorization.
    private func checkWindows(
        _ row: Row,
        _ transaction: borrowing Transaction,
        _ findings: inout [String]
    ) throws(StorageError) {
        let terms = try transaction.first(
            """
            SELECT terms FROM policy_version
            WHERE policy_id = \(row.policy) AND version = \(row.version)
            """
        ) { row in row.text(0) }
        guard let terms, let value = try? JSONValue(parsing: terms) else { return }
        let limits = value["limits"]?.arrayValue?.first {
            $0["asset"]?.stringValue == row.asset
        }
        if let limit = limits?["maxPerDay"]?.integerValue {
            let used = try transaction.first(
                """
                SELECT coalesce(sum(amount_minor + coalesce(taken_fee_minor, fee_minor, 0)), 0)
                FROM authorization
                WHERE binding_number = \(row.binding) AND asset = \(row.asset)
                    AND (state = 'reserved' AND at > \(row.at - Self.day) AND at <= \(row.at)
                        AND number <= \(row.number)
                        OR state = 'pending' AND number <= \(row.number))
                """
            ) { row in row.integer(0) }
            if let used, used > limit {
                findings.append("authorization \(row.number): \(used) > \(limit) in a day")
            }
        }
        if let cap = value["velocityCap"]?.integerValue {
            let count = try transaction.first(
                """
                SELECT count(*) FROM authorization WHERE binding_number = \(row.binding)
                    AND (state = 'reserved' AND at > \(row.at - Self.hour) AND at <= \(row.at)
                        AND number <= \(row.number)
                        OR state = 'pending' AND number <= \(row.number))
                """
            ) { row in row.integer(0) }
            if let count, count > cap {
                findings.append("authorization \(row.number): \(count) > \(cap) in an hour")
            }
        }
    }

    /// An approval is decided once.
    private mutating func checkApprovals(
        _ transaction: borrowing Transaction,
        _ findings: inout [String]
    ) throws(StorageError) {
        let approvals = try transaction.rows(
            "SELECT id, status FROM approval WHERE status <> 'pending' ORDER BY id"
        ) { row in (row.text(0), row.text(1)) }
        for (id, status) in approvals {
            if let known = decided[id], known != status {
                findings.append("approval \(id) was \(known), now it is \(status)")
            }
            decided[id] = status
        }
    }

    /// What is decided agrees with what became of the payments; no approval waits any more.
    func checkEnd(
        _ transaction: borrowing Transaction,
        _ payments: [String: String],
        fees: [String: Int64],
        _ findings: inout [String]
    ) throws(StorageError) {
        let states = try transaction.rows("SELECT id, state FROM authorization ORDER BY number") {
            row in (row.text(0), row.text(1))
        }
        // Who asks again for what has failed is decided on anew, and that changes no outcome. A
        // freeze goes before a person's yes.
        let expected: [String: Set<String>] = [
            "confirmed": ["reserved"], "failed": ["released", "denied"],
            "blocked": ["denied", "not_approved", "released"],
            // A refund gives the reservation back.
            "escrow confirmed": ["reserved", "released"],
            "escrow failed": ["released", "denied"],
            "escrow blocked": ["denied", "not_approved", "released"],
        ]
        for (id, state) in states {
            guard let status = payments[id] else {
                // A batch's payouts are no payments, nor is a signing wallet's part in a release.
                if id.hasPrefix("tx_batch_") || id.hasPrefix("tx_group_") { continue }
                if state == "reserved" || state == "pending" {
                    findings.append("authorization \(id) is \(state), and nothing was paid")
                }
                continue
            }
            if expected[status]?.contains(state) == false {
                findings.append("payment \(id) is \(status), and its authorization \(state)")
            }
        }
        try checkFees(transaction, fees, &findings)
        let authorized = Set(states.map(\.0))
        for (id, status) in payments.sorted(by: { $0.key < $1.key })
        where status.hasSuffix("confirmed") && !authorized.contains(id) {
            findings.append("payment \(id) was never authorized")
        }
        let open = try transaction.rows("SELECT id FROM approval WHERE status = 'pending'") {
            row in row.text(0)
        }
        if !open.isEmpty { findings.append("approvals never end: \(open.prefix(5))") }
    }

    /// What left a wallet beside an amount is what its windows count beside it.
    private func checkFees(
        _ transaction: borrowing Transaction,
        _ fees: [String: Int64],
        _ findings: inout [String]
    ) throws(StorageError) {
        let counted = try transaction.rows(
            """
            SELECT id, coalesce(taken_fee_minor, fee_minor, 0) FROM authorization
            WHERE state = 'reserved' ORDER BY number
            """
        ) { row in (row.text(0), row.integer(1)) }
        for (id, fee) in counted {
            guard let taken = fees[id], taken != fee else { continue }
            findings.append("payment \(id) cost a fee of \(taken), and \(fee) is counted")
        }
    }
}
