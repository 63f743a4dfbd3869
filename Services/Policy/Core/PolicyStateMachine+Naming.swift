import Contracts
import Storage

/// The policies that organisations name, which are not deleted while they do.
extension PolicyStateMachine {
    /// Notes which policies an organisation names; its payouts are under the new one at once, also
    /// what waits for a phone number.
    func name(
        _ request: NamePolicies,
        in transaction: borrowing Transaction
    ) throws(Stop) -> NamedPolicies {
        for policy in [request.defaultPolicy, request.payoutPolicy].compactMap(\.self) {
            _ = try self.policy(policy, of: request.organisation, in: transaction)
        }
        return try Stop.run { () throws(StorageError) in
            try transaction.execute(
                """
                INSERT INTO named_policy (organisation_id, default_policy_id, payout_policy_id,
                    number)
                VALUES (\(request.organisation), \(request.defaultPolicy),
                    \(request.payoutPolicy), 1)
                ON CONFLICT (organisation_id) DO UPDATE
                SET default_policy_id = coalesce(excluded.default_policy_id, default_policy_id),
                    payout_policy_id = coalesce(excluded.payout_policy_id, payout_policy_id),
                    number = number + 1
                """
            )
            if let policy = request.payoutPolicy {
                try transaction.execute(
                    """
                    UPDATE binding SET policy_id = \(policy)
                    WHERE wallet_id = \(Self.payouts(of: request.organisation))
                    """
                )
            }
            let named = try transaction.first(
                """
                SELECT number, default_policy_id, payout_policy_id FROM named_policy
                WHERE organisation_id = \(request.organisation)
                """
            ) { row in
                NamedPolicies(
                    order: row.integer(0),
                    defaultPolicy: row.optionalIdentifier(1),
                    payoutPolicy: row.optionalIdentifier(2)
                )
            }
            guard let named else {
                throw StorageError(.corrupt, message: "the named policies were not noted")
            }
            return named
        }
    }

    /// The policy that an organisation has named for its payouts, if it has.
    func namedForPayouts(
        by organisation: Organisation.ID,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> Policy.ID? {
        try transaction.first(
            "SELECT payout_policy_id FROM named_policy WHERE organisation_id = \(organisation)"
        ) { row in row.optionalIdentifier(0) } ?? nil
    }

    /// Whether an organisation names one of its policies.
    func isNamed(
        _ policy: Policy.ID,
        by organisation: Organisation.ID,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> Bool {
        try transaction.exists(
            """
            SELECT 1 FROM named_policy WHERE organisation_id = \(organisation)
                AND \(policy) IN (default_policy_id, payout_policy_id)
            """
        )
    }
}
