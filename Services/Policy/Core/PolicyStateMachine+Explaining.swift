import Contracts
import Storage

extension PolicyStateMachine {
    /// Says why a payment was decided as it was.
    ///
    /// The rules are those of the version that decided. What the windows held then was recorded
    /// with the decision; of older payments only what was violated is known.
    func explain(
        _ question: ExplainPayment,
        in transaction: borrowing Transaction
    ) throws(Stop) -> PaymentExplanation {
        let found = try Stop.run { () throws(StorageError) in
            try AuthorizationRow.find(question.payment, in: transaction)
        }
        guard let row = found, row.organisation == question.organisation else {
            throw .refused(.notFound, "No policy has decided about it.")
        }
        return try Stop.run { () throws(StorageError) in
            let version = try rules(of: row.policy, version: row.policyVersion, in: transaction)
            let violations = row.violations ?? []
            return PaymentExplanation(
                payment: row.id,
                decision: row.decisionAtFirst,
                decidedAt: row.at,
                policy: row.policy,
                policyName: version?.terms.name ?? row.policy.rawValue,
                policyVersion: row.policyVersion,
                currentVersion: try transaction.first(
                    "SELECT version FROM policy WHERE id = \(row.policy)"
                ) { Int($0.integer(0)) },
                rules: try version.map { rules throws(StorageError) in
                    try results(of: row, by: rules, in: transaction)
                } ?? [],
                violations: violations,
                approval: try row.approval.flatMap { id throws(StorageError) in
                    try ApprovalRow.find(id, in: transaction)
                },
                requester: row.requester,
                request: row.request
            )
        }
    }

    /// The rules of a version of a policy.
    func rules(
        of policy: Policy.ID,
        version: Int,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> PolicyRules? {
        try transaction.first(
            """
            SELECT policy_version.terms, policy.edition FROM policy_version
            JOIN policy ON policy.id = policy_version.policy_id
            WHERE policy_version.policy_id = \(policy) AND policy_version.version = \(version)
            """
        ) { row throws(StorageError) in
            try terms.rules(of: row.text(0), edition: row.integer(1))
        }
    }

    /// Every rule: as it was recorded if it was violated, and else as one that was kept.
    private func results(
        of row: AuthorizationRow,
        by rules: PolicyRules,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [RuleResult] {
        let question = Evaluation.Question(
            rules: rules,
            amount: row.amount,
            fee: row.fee ?? 0,
            recipient: try recipient(
                row.destination,
                of: row.organisation,
                for: rules,
                in: transaction
            ),
            written: row.recipient
        )
        let evaluation = try Evaluation(
            question,
            row.used.map { Spending(holding: $0, of: row.amount.asset, at: row.at) }
                ?? Spending(emptyFor: row.amount.asset, at: row.at),
            looksAhead: false,
            in: transaction
        )
        let violations = row.violations ?? []
        var results: [RuleResult] = []
        for rule in PolicyRule.allCases {
            if let violation = violations.first(where: { $0.rule == rule }) {
                results.append(
                    RuleResult(
                        rule: rule,
                        limit: violation.limit,
                        attempted: violation.attempted,
                        used: violation.used,
                        freesAt: violation.freesAt,
                        passed: false
                    )
                )
            } else if var kept = evaluation.results.first(where: { $0.rule == rule }) {
                if row.used == nil { kept.used = nil }
                // What needs a yes is no violation.
                if rule != .requireCoSign { kept.passed = true }
                results.append(kept)
            }
        }
        return results
    }
}
