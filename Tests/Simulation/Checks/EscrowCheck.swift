import JSON
import Storage

/// Invariant 5: an escrow ends in one way, and its money goes where it says.
struct EscrowCheck {
    static let accountTables: Set<String> = ["escrow_account"]

    /// Of each escrow: its amount, and what its receiver got when it ended.
    private var ends: [String: (amount: Int64, receiver: Int64)] = [:]
    private var statuses: [String: String] = [:]
    private static let final: Set<String> = ["released", "refunded", "blocked", "failed"]

    /// Looks at the money: an escrow that has not ended has all of it, one that has ended nothing.
    mutating func checkAccounts(
        _ transaction: borrowing Transaction,
        _ findings: inout [String]
    ) throws(StorageError) {
        let rows = try transaction.rows(
            """
            SELECT escrow_id, escrow_account.amount_minor, receiver_minor, entry_sequence,
                posted_minor
            FROM escrow_account JOIN ledger_account ON ledger_account.id = account_id
            """
        ) { row in
            (
                row.text(0), row.integer(1), row.optionalInteger(2), row.optionalInteger(3),
                row.integer(4)
            )
        }
        for (id, amount, receiver, entry, posted) in rows {
            guard entry != nil, let receiver else {
                if posted != amount {
                    findings.append("escrow \(id) of \(amount) is locked and has \(posted)")
                }
                continue
            }
            if posted != 0 { findings.append("escrow \(id) has ended and has \(posted)") }
            if let known = ends[id] {
                if known.receiver != receiver { findings.append("escrow \(id) ended twice") }
                continue
            }
            ends[id] = (amount, receiver)
            let returned = try returned(by: id, transaction)
            if returned != amount - receiver {
                findings.append("escrow \(id) gave its payer \(returned) of \(amount - receiver)")
            }
        }
    }

    /// What the payer got back from an escrow.
    private func returned(
        by escrow: String,
        _ transaction: borrowing Transaction
    ) throws(StorageError) -> Int64 {
        try transaction.first(
            """
            SELECT coalesce(sum(inward.amount_minor), 0) FROM escrow_account
            JOIN posting outward ON outward.account_id = escrow_account.account_id
                AND outward.amount_minor < 0
            JOIN posting inward ON inward.entry_sequence = outward.entry_sequence
            JOIN ledger_account ON ledger_account.id = inward.account_id
            WHERE escrow_id = \(escrow) AND ledger_account.kind = 'wallet'
                AND ledger_account.owner = escrow_account.wallet_id
            """
        ) { row in row.integer(0) } ?? 0
    }

    /// Looks at what Escrow says: what is final stays, and a release has its reason.
    mutating func check(
        _ transaction: borrowing Transaction,
        _ findings: inout [String]
    ) throws(StorageError) {
        let rows = try transaction.rows("SELECT id, status FROM escrow ORDER BY number") { row in
            (row.text(0), row.text(1))
        }
        for (id, status) in rows {
            if let known = statuses[id], Self.final.contains(known), known != status {
                findings.append("escrow \(id) was \(known), now it is \(status)")
            }
            guard statuses[id] != status else { continue }
            statuses[id] = status
            if status == "released" || status == "refunded" {
                try checkReason(id, status, transaction, &findings)
            }
        }
    }

    private func checkReason(
        _ id: String,
        _ status: String,
        _ transaction: borrowing Transaction,
        _ findings: inout [String]
    ) throws(StorageError) {
        let body = try transaction.first("SELECT body FROM escrow WHERE id = \(id)") { row in
            row.text(0)
        }
        guard let body, let value = try? JSONValue(parsing: body), let shown = value["snapshot"]
        else { return }
        let isResolved = shown["resolution"].map { !$0.isNull } ?? false
        if status == "released", shown["proof"]?.isNull ?? true, !isResolved,
            value["ending"]?.stringValue != "acceptance"
        {
            findings.append("escrow \(id) was released without a reason: \(body)")
        }
    }

    /// Nothing is locked for ever.
    mutating func checkEnd(
        _ transaction: borrowing Transaction,
        _ findings: inout [String]
    ) throws(StorageError) {
        try check(transaction, &findings)
        let open = statuses.filter { !Self.final.contains($0.value) }.sorted { $0.key < $1.key }
        if !open.isEmpty { findings.append("escrows never end: \(open.prefix(5))") }
        let releases = try transaction.rows(
            "SELECT id, status FROM group_release WHERE status IN ('pending', 'moving')"
        ) { row in "\(row.text(0)) (\(row.text(1)))" }
        if !releases.isEmpty { findings.append("group releases never end: \(releases.prefix(5))") }
    }

    /// What Escrow says and what Settlement did are the same.
    func compare(_ findings: inout [String]) {
        for (id, status) in statuses.sorted(by: { $0.key < $1.key }) {
            guard let end = ends[id] else {
                if status == "released" || status == "refunded" {
                    findings.append("escrow \(id) is \(status), and its money never moved")
                }
                continue
            }
            if status == "refunded", end.receiver != 0 {
                findings.append("escrow \(id) is refunded, and its receiver got \(end.receiver)")
            }
            if status == "released", end.receiver == 0 {
                findings.append("escrow \(id) is released, and its receiver got nothing")
            }
        }
    }
}
