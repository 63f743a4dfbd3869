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

    /// The bytes of policies' terms in one answer, unless one alone has more.
    static let listBytes: Int64 = 1 << 20

    /// Answers a question for policies, newest first; a page ends where it would be too large.
    func policies(
        _ question: ListPolicies,
        in transaction: borrowing Transaction
    ) throws(Stop) -> PolicyList {
        let limit = min(max(question.page.limit, 1), 100)
        let (page, hasMore) = try Stop.run { () throws(StorageError) in
            // Presets are everybody's, and in an index of their own kind.
            var places = try Self.places(
                "WHERE organisation_id = \(question.organisation)",
                question.page.after,
                limit: limit + 1,
                in: transaction
            )
            places += try Self.places(
                "WHERE organisation_id IS NULL",
                question.page.after,
                limit: limit + 1,
                in: transaction
            )
            places.sort { ($0.createdAt, $0.id.rawValue) > ($1.createdAt, $1.id.rawValue) }
            var bytes: Int64 = 0
            let shown = places.prefix(limit).prefix { place in
                bytes += place.bytes
                return bytes <= Self.listBytes || bytes == place.bytes
            }
            var page: [PolicySnapshot] = []
            for place in shown {
                page += try snapshots("WHERE id = \(place.id)", in: transaction)
            }
            return (page, places.count > shown.count)
        }
        return PolicyList(
            policies: page,
            next: hasMore
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

    /// Where a policy stands in lists, and how much its terms are.
    private struct Place {
        var id: Policy.ID
        var createdAt: Timestamp
        var bytes: Int64
    }

    private static func places(
        _ filter: SQL,
        _ after: PagePosition?,
        limit: Int,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [Place] {
        var sql = "SELECT id, created_at, bytes FROM policy " + filter + "AND deleted_at IS NULL"
        if let after { sql = sql + "AND (created_at, id) < (\(after.createdAt), \(after.id))" }
        return try transaction.rows(
            sql + "ORDER BY created_at DESC, id DESC LIMIT \(limit)"
        ) { row in
            Place(id: row.identifier(0), createdAt: row.timestamp(1), bytes: row.integer(2))
        }
    }

    /// A policy without its lists, however long they are.
    func summary(
        of policy: Policy.ID,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> PolicySnapshot? {
        try transaction.first(
            """
            SELECT id, organisation_id, version, summary, created_at, updated_at FROM policy
            WHERE id = \(policy)
            """
        ) { row throws(StorageError) in
            PolicySnapshot(
                id: row.identifier(0),
                version: Int(row.integer(2)),
                isPreset: row.isNull(1),
                terms: try StoredJSON.value(of: row.text(3)),
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
                INSERT INTO policy (id, organisation_id, version, terms, summary, bytes,
                    edition, expires_at, created_at, updated_at)
                VALUES (\(request.policy), \(request.organisation), 1, \(text),
                    \(try StoredJSON.text(of: terms.withoutLists)), \(text.utf8.count),
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
                    summary = \(try StoredJSON.text(of: terms.withoutLists)),
                    bytes = \(text.utf8.count),
                    edition = \(TermsReader.edition), expires_at = \(terms.expiry),
                    expired_binding = 0, updated_at = \(now)
                WHERE id = \(request.policy)
                """
            )
            try keepVersion(old.version + 1, of: request.policy, text, at: now, in: transaction)
        }
        let changed = try policy(request.policy, of: request.organisation, in: transaction)
        return PolicyReply(policy: changed)
    }

    /// Deletes a policy that no wallet is under and its organisation does not name; its history
    /// stays.
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
        if isInUse {
            let message = "Wallets are under the policy; move them to another one first."
            throw .refused(.conflict, message)
        }
        let isNamed = try Stop.run { () throws(StorageError) in
            try self.isNamed(request.policy, by: request.organisation, in: transaction)
        }
        if isNamed {
            throw .refused(
                .conflict,
                "The organisation names it for new wallets or for payouts; name another first."
            )
        }
        try Stop.run { () throws(StorageError) in
            try transaction.execute(
                "UPDATE policy SET deleted_at = \(now) WHERE id = \(request.policy)"
            )
        }
        return PolicyReply(policy: old)
    }

    /// The number of wallets that one pulse freezes; the next one goes on with the rest.
    static let walletsPerPulse = 1000

    /// A policy whose end is to be seen to, and how far that has come.
    private struct Ending {
        var policy: Policy.ID
        var version: Int64
        var organisation: Organisation.ID
        var lastBinding: Int64
    }

    /// Freezes the wallets of policies that have expired, once per version; a pulse does a bounded
    /// part, and no payment waits for the rest: an expired policy allows none.
    func expirePolicies(
        at now: Timestamp,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [Outgoing] {
        let endings = try transaction.rows(
            """
            SELECT id, version, organisation_id, expired_binding FROM policy
            WHERE expires_at <= \(now) AND expired_version < version
            ORDER BY expires_at, id LIMIT 100
            """
        ) { row in
            Ending(
                policy: row.identifier(0),
                version: row.integer(1),
                organisation: row.identifier(2),
                lastBinding: row.integer(3)
            )
        }
        var outgoing: [Outgoing] = []
        var wallets = 0
        for ending in endings where wallets < Self.walletsPerPulse {
            let left = Self.walletsPerPulse - wallets
            let (frozen, messages) = try expire(ending, atMost: left, at: now, in: transaction)
            outgoing += messages
            wallets += frozen
        }
        return outgoing
    }

    /// Freezes the next wallets of one policy, and tells of its end with the first of them.
    private func expire(
        _ ending: Ending,
        atMost limit: Int,
        at now: Timestamp,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> (Int, [Outgoing]) {
        let bound = try transaction.rows(
            """
            SELECT wallet_id, number FROM binding
            WHERE policy_id = \(ending.policy) AND number > \(ending.lastBinding)
            ORDER BY number LIMIT \(limit)
            """
        ) { row in (wallet: row.identifier(0) as Wallet.ID, number: row.integer(1)) }
        let goesOn = bound.count == limit
        try transaction.execute(
            """
            UPDATE policy SET expired_binding = \(goesOn ? bound.last?.number ?? 0 : 0),
                expired_version = \(goesOn ? ending.version - 1 : ending.version)
            WHERE id = \(ending.policy)
            """
        )
        let wallets = bound.map(\.wallet)
        let outgoing = freeze(wallets, of: ending.organisation, under: ending.policy)
        guard ending.lastBinding == 0,
            let policy = try summary(of: ending.policy, in: transaction)
        else { return (bound.count, outgoing) }
        let event = EventRecord(
            id: Event.ID("evt_\(policy.id.rawValue.dropFirst("pol_".count))_v\(policy.version)"),
            organisation: ending.organisation,
            type: .policyExpired,
            occurredAt: now,
            wallets: wallets.sorted(),
            data: EventData(policy: policy)
        )
        return (bound.count, outgoing + [.command(RecordEvents(events: [event]), to: .notifier)])
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
