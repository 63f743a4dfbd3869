import Contracts
import JSON
import Storage

/// What Policy's database says: the authorizations and the windows.
struct PolicyAudit {
    /// Policy's decision on one payment.
    struct Authorization {
        var state: String
        var asset: String
        var amount: Int64

        /// What a rail took or may take, as the windows count it; `nil` when none can pay it, and
        /// for what was decided before fees counted.
        var fee: Int64?
    }

    var authorizations: [String: Authorization] = [:]

    /// The beginnings of the authorizations of batches that are being given back.
    private(set) var returning: Set<String> = []

    var order: [String] = []
    var windows: AuditCheck
    var outbox: WaitingMessages

    /// Reads one snapshot of the database.
    init(in transaction: borrowing Transaction) throws(StorageError) {
        outbox = try WaitingMessages(in: transaction)
        windows = AuditCheck(
            "windows",
            "no spending window was ever above its limit, and each sum is that of its payments"
        )
        let rows = try transaction.rows(
            """
            SELECT id, state, asset, amount_minor, coalesce(taken_fee_minor, fee_minor)
            FROM authorization ORDER BY number
            """
        ) { row in
            (
                row.text(0),
                Authorization(
                    state: row.text(1),
                    asset: row.text(2),
                    amount: row.integer(3),
                    fee: row.optionalInteger(4)
                )
            )
        }
        authorizations.reserveCapacity(rows.count)
        for (id, authorization) in rows {
            authorizations[id] = authorization
            order.append(id)
        }
        // A state that an earlier version left has no such table before its first start.
        if try transaction.exists("SELECT 1 FROM sqlite_schema WHERE name = 'batch_return'") {
            returning = Set(
                try transaction.rows("SELECT batch_id, attempt FROM batch_return") {
                    "tx_batch_\($0.text(0).filter { $0 != "-" })_\($0.integer(1))"
                }
            )
        }
        let limits = try Self.limits(in: transaction)
        try replay(limits, in: transaction)
        try compareSums(in: transaction)
    }

    /// The terms of every version of every policy, by `policy/version`.
    private static func limits(
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [String: PolicyTerms] {
        let rows = try transaction.rows(
            "SELECT policy_id, version, terms FROM policy_version ORDER BY policy_id, version"
        ) { row in ("\(row.text(0))/\(row.integer(1))", row.text(2)) }
        var terms: [String: PolicyTerms] = [:]
        for (name, text) in rows {
            terms[name] = try? JSON.decode(PolicyTerms.self, from: Array(text.utf8))
        }
        return terms
    }

    /// Goes through every wallet's reservations in their order, and holds the windows of each
    /// moment against the limits of the policy's version that decided then.
    ///
    /// A reservation that was given back counts no more, so the true sum was at least this one.
    private mutating func replay(
        _ limits: [String: PolicyTerms],
        in transaction: borrowing Transaction
    ) throws(StorageError) {
        let rows = try transaction.rows(
            """
            SELECT binding_number, asset, amount_minor, at, policy_id, policy_version, id,
                approval_id IS NOT NULL, counted_minor
            FROM authorization WHERE state = 'reserved' ORDER BY binding_number, number
            """
        ) { row in
            WindowReplay.Reservation(
                binding: row.integer(0),
                asset: row.text(1),
                amount: row.integer(2),
                at: row.timestamp(3),
                policy: "\(row.text(4))/\(row.integer(5))",
                id: row.text(6),
                isApprovedByPerson: row.boolean(7),
                counted: row.integer(8)
            )
        }
        var replay = WindowReplay()
        for reservation in rows {
            windows.examined += 1
            guard let terms = limits[reservation.policy] else {
                windows.find("\(reservation.id) was decided by \(reservation.policy), now unknown")
                continue
            }
            for words in replay.add(reservation, under: terms) { windows.find(words) }
        }
    }

    /// Holds the sums that are kept against the rows that they are sums of.
    private mutating func compareSums(
        in transaction: borrowing Transaction
    ) throws(StorageError) {
        let different = try transaction.rows(
            """
            SELECT binding.wallet_id, spending_window.asset FROM spending_window
            JOIN binding ON binding.number = spending_window.binding_number
            WHERE day_minor <> (SELECT coalesce(sum(counted_minor), 0) FROM authorization
                    WHERE authorization.binding_number = spending_window.binding_number
                        AND authorization.asset = spending_window.asset
                        AND authorization.number > spending_window.day_head
                        AND state = 'reserved')
                OR pending_minor <> (SELECT coalesce(sum(counted_minor), 0) FROM authorization
                    WHERE authorization.binding_number = spending_window.binding_number
                        AND authorization.asset = spending_window.asset AND state = 'pending')
            ORDER BY binding.wallet_id, spending_window.asset
            """
        ) { ($0.text(0), $0.text(1)) }
        for (wallet, asset) in different {
            windows.find("the sums of \(wallet) in \(asset) are not those of its payments")
        }
    }
}
