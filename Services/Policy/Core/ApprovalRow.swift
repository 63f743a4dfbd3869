import Contracts
import Storage

/// The rows of approvals.
enum ApprovalRow {
    private static let columns: SQL = """
        SELECT id, status, payment_order, policy_id, policy_version, created_at, expires_at,
            decided_by, decided_at, reason, violations FROM approval
        """

    static func find(
        _ id: Approval.ID,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> ApprovalSnapshot? {
        try list("WHERE id = \(id)", in: transaction).first
    }

    static func list(
        _ filter: SQL,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [ApprovalSnapshot] {
        try transaction.rows(columns + filter) { row throws(StorageError) in try read(row) }
    }

    /// Reads a page of a list, which ends where it would be too large; the filter asks for one row
    /// more than the limit.
    static func page(
        _ filter: SQL,
        limit: Int,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> (elements: [ApprovalSnapshot], hasMore: Bool) {
        try transaction.page(columns + filter, limit: limit) { row throws(StorageError) in
            try read(row)
        }
    }

    private static func read(_ row: borrowing Row) throws(StorageError) -> ApprovalSnapshot {
        guard let status = ApprovalSnapshot.Status(rawValue: row.text(1)) else {
            throw StorageError(.corrupt, message: "an approval has an unknown status")
        }
        let order: PaymentOrder = try StoredJSON.value(of: row.text(2))
        var violations: [Violation]?
        if let text = row.optionalText(10) { violations = try StoredJSON.value(of: text) }
        return ApprovalSnapshot(
            id: row.identifier(0),
            status: status,
            order: order,
            digest: order.digest,
            policy: row.identifier(3),
            policyVersion: Int(row.integer(4)),
            createdAt: row.timestamp(5),
            expiresAt: row.timestamp(6),
            decidedBy: row.optionalIdentifier(7),
            decidedAt: row.optionalTimestamp(8),
            reason: row.optionalText(9),
            violations: violations
        )
    }

    static func insert(
        _ approval: ApprovalSnapshot,
        in transaction: borrowing Transaction
    ) throws(StorageError) {
        try transaction.execute(
            """
            INSERT INTO approval (id, organisation_id, wallet_id, status, payment_order, policy_id,
                policy_version, created_at, expires_at)
            VALUES (\(approval.id), \(approval.order.organisation), \(approval.order.wallet),
                \(approval.status.rawValue), \(try StoredJSON.text(of: approval.order)),
                \(approval.policy), \(approval.policyVersion), \(approval.createdAt),
                \(approval.expiresAt))
            """
        )
    }

    static func update(
        _ approval: ApprovalSnapshot,
        in transaction: borrowing Transaction
    ) throws(StorageError) {
        var violations: String?
        if let list = approval.violations { violations = try StoredJSON.text(of: list) }
        try transaction.execute(
            """
            UPDATE approval SET status = \(approval.status.rawValue),
                decided_by = \(approval.decidedBy), decided_at = \(approval.decidedAt),
                reason = \(approval.reason), violations = \(violations)
            WHERE id = \(approval.id)
            """
        )
    }
}
