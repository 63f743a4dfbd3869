public import Contracts
import Crypto
public import Storage

/// Organisations and keys, in the gateway's own database.
///
/// Keys are remembered for at most a second, so that a key which another gateway revoked is
/// refused within a second. The store belongs to the loop's thread.
public final class KeyStore {
    /// A key that was made: the only time that it is seen.
    public struct NewKey: Sendable {
        /// What is kept of it.
        public var record: KeyRecord

        /// The key itself.
        public var secret: String
    }

    private static let cacheMilliseconds: Int64 = 1000
    private static let cacheLimit = 10_000

    let database: any Database
    let environment: any GatewayEnvironment
    private var cache: [String: (principal: Principal, until: Timestamp)] = [:]

    /// Opens the store and brings its schema up to date.
    public init(
        database: any Database,
        environment: any GatewayEnvironment
    ) throws(StorageError) {
        self.database = database
        self.environment = environment
        try database.migrate(GatewaySchema.migrations)
    }

    /// Returns who a key belongs to, or `nil` for one that is unknown or revoked.
    public func principal(bearing key: String) throws(StorageError) -> Principal? {
        let now = environment.now()
        if let known = cache[key], known.until > now { return known.principal }
        cache[key] = nil
        guard key.utf8.count <= 200 else { return nil }
        let hash = SHA256.digest(of: Array(key.utf8))
        let principal: Principal? = try database.read { transaction throws(StorageError) in
            try transaction.first(
                """
                SELECT id, class, organisation_id, wallet_id,
                    (SELECT expires_at FROM token WHERE hash = \(hash))
                FROM api_key
                WHERE revoked_at IS NULL AND (key_hash = \(hash) AND credential IS NULL
                    OR id = (SELECT key_id FROM token WHERE hash = \(hash) AND expires_at > \(now)))
                """
            ) { row in
                KeyClass(rawValue: row.text(1)).map { keyClass in
                    Principal(
                        key: row.identifier(0),
                        keyClass: keyClass,
                        organisation: Organisation.ID(row.optionalText(2) ?? ""),
                        wallet: row.optionalIdentifier(3),
                        endsAt: row.optionalTimestamp(4)
                    )
                }
            } ?? nil
        }
        if let principal {
            if cache.count >= Self.cacheLimit { cache.removeAll() }
            let until = now.advanced(byMilliseconds: Self.cacheMilliseconds)
            cache[key] = (principal, min(until, principal.endsAt ?? until))
        }
        return principal
    }

    /// Makes the root key, an organisation and its admin key, when there is no key at all yet.
    public func bootstrap(
        organisationName: String
    ) throws(StorageError) -> (root: NewKey, admin: NewKey, organisation: OrganisationRecord)? {
        try database.write { transaction throws(StorageError) in
            guard try !transaction.exists("SELECT 1 FROM api_key LIMIT 1") else { return nil }
            let root = try makeKey(.root, of: nil, in: transaction)
            let organisation = try makeOrganisation(organisationName, in: transaction)
            let admin = try makeKey(.admin, of: organisation.id, in: transaction)
            return (root, admin, organisation)
        }
    }

    /// Makes an organisation and its admin key.
    public func makeOrganisation(
        name: String,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> (organisation: OrganisationRecord, admin: NewKey) {
        let organisation = try makeOrganisation(name, in: transaction)
        return (organisation, try makeKey(.admin, of: organisation.id, in: transaction))
    }

    /// Makes a key of an organisation.
    public func createKey(
        _ keyClass: KeyClass,
        of organisation: Organisation.ID,
        wallet: Wallet.ID?,
        label: String?
    ) throws(StorageError) -> NewKey {
        try database.write { transaction throws(StorageError) in
            try makeKey(keyClass, of: organisation, wallet: wallet, label: label, in: transaction)
        }
    }

    /// Makes the platform's own key anew: the old one is revoked.
    public func replaceRoot() throws(StorageError) -> NewKey {
        cache.removeAll()
        let now = environment.now()
        return try database.write { transaction throws(StorageError) in
            try transaction.execute(
                """
                UPDATE api_key SET revoked_at = \(now) WHERE class = 'root' AND revoked_at IS NULL
                """
            )
            return try makeKey(.root, of: nil, in: transaction)
        }
    }

    /// Whether a key is the only admin key of its organisation.
    ///
    /// Without it nobody could make another one. A credential does not count: it lives by a token.
    public func isLastAdmin(
        _ key: APIKey.ID,
        of organisation: Organisation.ID,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> Bool {
        try transaction.exists(
            """
            SELECT 1 FROM api_key
            WHERE id = \(key) AND organisation_id = \(organisation) AND revoked_at IS NULL
                AND class = 'admin' AND credential IS NULL AND NOT EXISTS (
                    SELECT 1 FROM api_key AS other
                    WHERE other.organisation_id = \(organisation) AND other.class = 'admin'
                        AND other.credential IS NULL AND other.revoked_at IS NULL
                        AND other.id <> \(key))
            """
        )
    }

    /// Revokes a key; returns `false` when the organisation has no such key, or when it is the last
    /// of its admin keys.
    public func revoke(
        _ key: APIKey.ID,
        of organisation: Organisation.ID,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> Bool {
        cache.removeAll()
        return try transaction.execute(
            """
            UPDATE api_key SET revoked_at = \(environment.now())
            WHERE id = \(key) AND organisation_id = \(organisation) AND revoked_at IS NULL
                AND (class <> 'admin' OR credential IS NOT NULL OR EXISTS (
                    SELECT 1 FROM api_key AS other
                    WHERE other.organisation_id = \(organisation) AND other.class = 'admin'
                        AND other.credential IS NULL AND other.revoked_at IS NULL
                        AND other.id <> \(key)))
            """
        ) == 1
    }

    /// Whether somebody who was let in may still be: the key was not revoked since, at whichever
    /// gateway, and the token has not ended.
    public func isGood(_ principal: Principal) throws(StorageError) -> Bool {
        if let end = principal.endsAt, end <= environment.now() { return false }
        return try database.read { transaction throws(StorageError) in
            try transaction.exists(
                "SELECT 1 FROM api_key WHERE id = \(principal.key) AND revoked_at IS NULL"
            )
        }
    }

    /// Returns the keys that were revoked at an instant or after it.
    func keysRevoked(since time: Timestamp) throws(StorageError) -> [APIKey.ID] {
        try database.read { transaction throws(StorageError) in
            try transaction.rows(
                "SELECT id FROM api_key WHERE revoked_at >= \(time) ORDER BY revoked_at, id"
            ) { row in row.identifier(0) }
        }
    }

    /// Returns an organisation's keys that are not revoked, newest first, one more than `limit`.
    public func keys(
        of organisation: Organisation.ID,
        page: PageRequest
    ) throws(StorageError) -> [KeyRecord] {
        var sql: SQL = """
            SELECT id, class, wallet_id, label, created_at FROM api_key
            WHERE organisation_id = \(organisation) AND revoked_at IS NULL
            """
        if let after = page.after {
            sql =
                sql
                    + """
                    AND (created_at, id) < (\(after.createdAt), \(after.id))
                    """
        }
        sql = sql + "ORDER BY created_at DESC, id DESC LIMIT \(page.limit + 1)"
        return try database.read { transaction throws(StorageError) in
            try transaction.rows(sql) { row in
                KeyRecord(
                    id: row.identifier(0),
                    keyClass: KeyClass(rawValue: row.text(1)) ?? .auditor,
                    wallet: row.optionalIdentifier(2),
                    label: row.optionalText(3),
                    createdAt: row.timestamp(4)
                )
            }
        }
    }

    private func makeOrganisation(
        _ name: String,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> OrganisationRecord {
        let record = OrganisationRecord(
            id: environment.identifier(),
            name: name,
            defaultPolicy: Policy.ID("pol_open"),
            payoutPolicy: Policy.ID("pol_open"),
            capabilities: [],
            escrowReviewSeconds: EscrowConditions.defaultReviewSeconds,
            createdAt: environment.now()
        )
        try transaction.execute(
            """
            INSERT INTO organisation (id, name, default_policy_id, payout_policy_id, capabilities,
                created_at)
            VALUES (\(record.id), \(name), \(record.defaultPolicy), \(record.payoutPolicy), '',
                \(record.createdAt))
            """
        )
        return record
    }

    /// Makes a key.
    public func makeKey(
        _ keyClass: KeyClass,
        of organisation: Organisation.ID?,
        wallet: Wallet.ID? = nil,
        label: String? = nil,
        credential: String? = nil,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> NewKey {
        let secret =
            "purse_\(keyClass.rawValue)_" + Base58.text(of: environment.randomBytes(32))
        let record = KeyRecord(
            id: environment.identifier(),
            keyClass: keyClass,
            wallet: wallet,
            label: label,
            createdAt: environment.now()
        )
        try transaction.execute(
            """
            INSERT INTO api_key (id, organisation_id, class, wallet_id, label, key_hash, created_at,
                credential)
            VALUES (\(record.id), \(organisation), \(keyClass.rawValue), \(wallet), \(label),
                \(SHA256.digest(of: Array(secret.utf8))), \(record.createdAt), \(credential))
            """
        )
        return NewKey(record: record, secret: secret)
    }
}
