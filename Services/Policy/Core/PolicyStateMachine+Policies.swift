import Contracts
import Messaging
import Storage

extension PolicyStateMachine {
    private static let columns: SQL = """
        SELECT id, organisation_id, version, terms, created_at, updated_at, edition FROM policy
        """

    /// Returns a policy that an organisation may see.
    func policy(
        _ id: Policy.ID,
        of organisation: Organisation.ID,
        in transaction: borrowing Transaction
    ) throws(Stop) -> PolicySnapshot {
        let filter: SQL = """
            WHERE id = \(id) AND deleted_at IS NULL
                AND (organisation_id IS NULL OR organisation_id = \(organisation))
            """
        let found = try Stop.run { () throws(StorageError) in
            try snapshots(filter, in: transaction).first
        }
        guard let found else { throw .refused(.notFound, "There is no such policy.") }
        return found
    }

    /// Answers a question for policies, newest first.
    func policies(
        _ question: ListPolicies,
        in transaction: borrowing Transaction
    ) throws(Stop) -> PolicyList {
        let limit = min(max(question.page.limit, 1), 100)
        var filter: SQL = """
            WHERE deleted_at IS NULL
                AND (organisation_id IS NULL OR organisation_id = \(question.organisation))
            """
        if let after = question.page.after {
            filter =
                filter
                    + """
                    AND (created_at < \(after.createdAt)
                        OR (created_at = \(after.createdAt) AND id < \(after.id)))
                    """
        }
        filter = filter + "ORDER BY created_at DESC, id DESC LIMIT \(limit + 1)"
        let rows = try Stop.run { () throws(StorageError) in
            try snapshots(filter, in: transaction)
        }
        let page = Array(rows.prefix(limit))
        return PolicyList(
            policies: page,
            next: rows.count > limit
                ? page.last.map { PagePosition(createdAt: $0.createdAt, id: $0.id.rawValue) } : nil
        )
    }

    func snapshots(
        _ filter: SQL,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [PolicySnapshot] {
        try transaction.rows(Self.columns + filter) { row throws(StorageError) in
            PolicySnapshot(
                id: row.identifier(0),
                version: Int(row.integer(2)),
                isPreset: row.isNull(1),
                terms: try terms.rules(of: row.text(3), edition: row.integer(6)).terms,
                createdAt: row.timestamp(4),
                updatedAt: row.timestamp(5)
            )
        }
    }

    /// Creates a policy; a repeat with the same terms meets the first outcome, whatever has become
    /// of the policy.
    func create(
        _ request: CreatePolicy,
        at now: Timestamp,
        in transaction: borrowing Transaction
    ) throws(Stop) -> PolicyReply {
        let terms = try Stop.check { () throws(RequestRefused) in try request.terms.canonical() }
        let known = try Stop.run { () throws(StorageError) in
            try snapshots("WHERE id = \(request.policy)", in: transaction).first
        }
        if let known {
            let created = try Stop.run { () throws(StorageError) in
                try firstVersion(of: known, for: request.organisation, in: transaction)
            }
            // What was created before entries were canonical is met by what it says now.
            guard let created, (try? created.terms.canonical()) ?? created.terms == terms else {
                throw .refused(.idempotencyConflict, "The key stands for another policy.")
            }
            return PolicyReply(policy: created, isReplay: true)
        }
        if let problem = request.terms.problem { throw .refused(.invalidRequest, problem) }
        try Stop.run { () throws(StorageError) in
            let text = try StoredJSON.text(of: terms)
            try transaction.execute(
                """
                INSERT INTO policy (id, organisation_id, version, terms, edition, expires_at,
                    created_at, updated_at)
                VALUES (\(request.policy), \(request.organisation), 1, \(text),
                    \(TermsReader.edition), \(terms.expiry), \(now), \(now))
                """
            )
            try keepVersion(1, of: request.policy, text, at: now, in: transaction)
        }
        let created = try policy(request.policy, of: request.organisation, in: transaction)
        return PolicyReply(policy: created)
    }

    /// An organisation's policy as it was created, or `nil` when it is another one's.
    private func firstVersion(
        of policy: PolicySnapshot,
        for organisation: Organisation.ID,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> PolicySnapshot? {
        let text = try transaction.first(
            """
            SELECT policy_version.terms FROM policy
            JOIN policy_version ON policy_id = policy.id AND policy_version.version = 1
            WHERE policy.id = \(policy.id) AND organisation_id = \(organisation)
            """
        ) { row throws(StorageError) in row.text(0) }
        guard let text else { return nil }
        var created = policy
        created.version = 1
        created.terms = try StoredJSON.value(of: text)
        created.updatedAt = policy.createdAt
        return created
    }

    /// Replaces what a policy says, for all its wallets at once.
    func replace(
        _ request: ReplacePolicy,
        at now: Timestamp,
        in transaction: borrowing Transaction
    ) throws(Stop) -> PolicyReply {
        let old = try editable(request.policy, of: request.organisation, in: transaction)
        guard old.version == request.expectedVersion else {
            throw .refused(.conflict, "The policy has changed in the meantime; read it again.")
        }
        let terms = try Stop.check { () throws(RequestRefused) in try request.terms.canonical() }
        if old.terms == terms { return PolicyReply(policy: old) }
        if let problem = request.terms.problem { throw .refused(.invalidRequest, problem) }
        try Stop.run { () throws(StorageError) in
            let text = try StoredJSON.text(of: terms)
            try transaction.execute(
                """
                UPDATE policy SET version = \(old.version + 1), terms = \(text),
                    edition = \(TermsReader.edition), expires_at = \(terms.expiry),
                    updated_at = \(now)
                WHERE id = \(request.policy)
                """
            )
            try keepVersion(old.version + 1, of: request.policy, text, at: now, in: transaction)
        }
        let changed = try policy(request.policy, of: request.organisation, in: transaction)
        return PolicyReply(policy: changed)
    }

    /// Deletes a policy that no wallet is under; its history stays.
    func delete(
        _ request: DeletePolicy,
        at now: Timestamp,
        in transaction: borrowing Transaction
    ) throws(Stop) -> PolicyReply {
        let old = try editable(request.policy, of: request.organisation, in: transaction)
        let isInUse = try Stop.run { () throws(StorageError) in
            try transaction.exists(
                "SELECT 1 FROM binding WHERE policy_id = \(request.policy) LIMIT 1"
            )
        }
        if isInUse { throw .refused(.conflict, "Wallets are under the policy; rebind them first.") }
        try Stop.run { () throws(StorageError) in
            try transaction.execute(
                "UPDATE policy SET deleted_at = \(now) WHERE id = \(request.policy)"
            )
        }
        return PolicyReply(policy: old)
    }

    /// Freezes the wallets of policies that have expired, once per version.
    func expirePolicies(
        at now: Timestamp,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [Outgoing] {
        let expired = try snapshots(
            """
            WHERE expires_at <= \(now) AND expired_version < version
            ORDER BY expires_at, id LIMIT 100
            """,
            in: transaction
        )
        var outgoing: [Outgoing] = []
        for policy in expired {
            try transaction.execute(
                "UPDATE policy SET expired_version = version WHERE id = \(policy.id)"
            )
            let wallets = try transaction.rows(
                """
                SELECT wallet_id, organisation_id FROM binding WHERE policy_id = \(policy.id)
                ORDER BY number
                """
            ) { row in (wallet: row.identifier(0) as Wallet.ID, of: row.text(1)) }
            let owner = try transaction.first(
                "SELECT organisation_id FROM policy WHERE id = \(policy.id)"
            ) { row in row.text(0) }
            let organisation = Organisation.ID(owner ?? "")
            outgoing += freeze(wallets.map(\.wallet), of: organisation, under: policy.id)
            let event = EventRecord(
                id: Event.ID(
                    "evt_\(policy.id.rawValue.dropFirst("pol_".count))_v\(policy.version)"
                ),
                organisation: organisation,
                type: .policyExpired,
                occurredAt: now,
                wallets: wallets.map(\.wallet).sorted(),
                data: EventData(policy: policy)
            )
            outgoing.append(.command(RecordEvents(events: [event]), to: .notifier))
        }
        return outgoing
    }

    /// Commands to freeze wallets, a bounded number in each.
    func freeze(
        _ wallets: [Wallet.ID],
        of organisation: Organisation.ID,
        under policy: Policy.ID
    ) -> [Outgoing] {
        stride(from: 0, to: wallets.count, by: 500).map { start in
            let part = Array(wallets[start..<min(start + 500, wallets.count)])
            return .command(
                FreezeWallets(organisation: organisation, wallets: part, policy: policy),
                to: .settlement
            )
        }
    }

    private func editable(
        _ id: Policy.ID,
        of organisation: Organisation.ID,
        in transaction: borrowing Transaction
    ) throws(Stop) -> PolicySnapshot {
        let found = try policy(id, of: organisation, in: transaction)
        if found.isPreset { throw .refused(.forbidden, "A preset cannot be changed.") }
        return found
    }

    private func keepVersion(
        _ version: Int,
        of policy: Policy.ID,
        _ terms: String,
        at now: Timestamp,
        in transaction: borrowing Transaction
    ) throws(StorageError) {
        try transaction.execute(
            """
            INSERT INTO policy_version (policy_id, version, terms, created_at)
            VALUES (\(policy), \(version), \(terms), \(now))
            """
        )
    }
}
