public import Contracts
public import Storage

extension KeyStore {
    /// Returns an organisation, or `nil`.
    public func organisation(_ id: Organisation.ID) throws(StorageError) -> OrganisationRecord? {
        try organisations("WHERE id = \(id)").first
    }

    /// Returns the organisation that was made first, or `nil` when there is none.
    public func firstOrganisation() throws(StorageError) -> Organisation.ID? {
        try organisations("ORDER BY created_at, id LIMIT 1").first?.id
    }

    /// Returns the organisations, newest first, one more than the limit.
    public func organisations(page: PageRequest) throws(StorageError) -> [OrganisationRecord] {
        var filter: SQL = "WHERE 1 = 1"
        if let after = page.after {
            filter =
                filter
                    + """
                    AND (created_at, id) < (\(after.createdAt), \(after.id))
                    """
        }
        return try organisations(
            filter + "ORDER BY created_at DESC, id DESC LIMIT \(page.limit + 1)"
        )
    }

    /// Writes what has changed of an organisation, but no policies of which Policy has noted others
    /// since.
    public func update(
        _ record: OrganisationRecord,
        in transaction: borrowing Transaction
    ) throws(StorageError) {
        try transaction.execute(
            """
            UPDATE organisation SET name = \(record.name),
                default_policy_id = CASE WHEN \(record.policiesOrder) >= policies_order
                    THEN \(record.defaultPolicy) ELSE default_policy_id END,
                payout_policy_id = CASE WHEN \(record.policiesOrder) >= policies_order
                    THEN \(record.payoutPolicy) ELSE payout_policy_id END,
                policies_order = max(policies_order, \(record.policiesOrder)),
                capabilities = \(record.capabilities.joined(separator: " ")),
                escrow_review_seconds = \(record.escrowReviewSeconds)
            WHERE id = \(record.id)
            """
        )
    }

    private func organisations(_ filter: SQL) throws(StorageError) -> [OrganisationRecord] {
        let columns: SQL = """
            SELECT id, name, default_policy_id, payout_policy_id, capabilities, created_at,
                escrow_review_seconds, policies_order
            FROM organisation
            """
        return try database.read { transaction throws(StorageError) in
            try transaction.rows(columns + filter) { row in
                OrganisationRecord(
                    id: row.identifier(0),
                    name: row.text(1),
                    defaultPolicy: row.identifier(2),
                    payoutPolicy: row.identifier(3),
                    policiesOrder: row.integer(7),
                    capabilities: row.text(4).split(separator: " ").map(String.init),
                    escrowReviewSeconds: row.integer(6),
                    createdAt: row.timestamp(5)
                )
            }
        }
    }
}
