public import Contracts
public import Storage

/// An organisation as its members see it.
public struct OrganisationRecord: Hashable, Sendable {
    /// The identifier.
    public var id: Organisation.ID

    /// The name, 1 to 200 characters.
    public var name: String

    /// The policy of wallets that name none.
    public var defaultPolicy: Policy.ID

    /// The policy of payouts.
    public var payoutPolicy: Policy.ID

    /// The place of the last change of these two among those that Policy has noted.
    public var policiesOrder: Int64 = 0

    /// What is switched on, sorted.
    public var capabilities: [String]

    /// The seconds that a payer has to look at a task that nothing verifies, unless the escrow says
    /// otherwise.
    public var escrowReviewSeconds: Int64

    /// When it was made.
    public var createdAt: Timestamp
}

/// A key as its organisation sees it: never the key itself.
public struct KeyRecord: Hashable, Sendable {
    /// The identifier.
    public var id: APIKey.ID

    /// What it may do.
    public var keyClass: KeyClass

    /// The wallet of an agent's key.
    public var wallet: Wallet.ID?

    /// A name for people.
    public var label: String?

    /// When it was made.
    public var createdAt: Timestamp
}

/// The gateway's tables: organisations and the hashes of their keys.
public enum GatewaySchema {
    /// The history of the tables.
    public static let migrations = [
        Migration(
            "gateway-001-organisations-keys",
            [
                """
                CREATE TABLE organisation (
                    id TEXT PRIMARY KEY,
                    name TEXT NOT NULL,
                    default_policy_id TEXT NOT NULL,
                    payout_policy_id TEXT NOT NULL,
                    capabilities TEXT NOT NULL,
                    created_at INTEGER NOT NULL
                ) STRICT
                """,
                """
                CREATE TABLE api_key (
                    id TEXT PRIMARY KEY,
                    organisation_id TEXT,
                    class TEXT NOT NULL CHECK (class IN
                        ('root', 'admin', 'operator', 'agent', 'auditor')),
                    wallet_id TEXT,
                    label TEXT,
                    key_hash BLOB NOT NULL UNIQUE,
                    created_at INTEGER NOT NULL,
                    revoked_at INTEGER,
                    CHECK ((class = 'root') = (organisation_id IS NULL)),
                    CHECK ((class = 'agent') = (wallet_id IS NOT NULL))
                ) STRICT
                """,
                "CREATE INDEX api_key_of_organisation ON api_key (organisation_id, created_at, id)",
            ]
        ),
        Migration(
            "gateway-002-credentials-tokens",
            [
                "ALTER TABLE api_key ADD COLUMN credential TEXT",
                """
                CREATE UNIQUE INDEX api_key_by_credential ON api_key (credential)
                    WHERE credential IS NOT NULL
                """,
                """
                CREATE TABLE token (
                    hash BLOB PRIMARY KEY,
                    key_id TEXT NOT NULL REFERENCES api_key (id),
                    expires_at INTEGER NOT NULL
                ) STRICT
                """,
                "CREATE INDEX token_expiry ON token (expires_at)",
            ]
        ),
        Migration(
            "gateway-003-sessions",
            [
                """
                CREATE TABLE session (
                    user_id TEXT NOT NULL,
                    session_id TEXT NOT NULL,
                    public_key BLOB NOT NULL,
                    key_id TEXT NOT NULL REFERENCES api_key (id),
                    PRIMARY KEY (user_id, session_id)
                ) STRICT
                """
            ]
        ),
        Migration(
            "gateway-004-escrow-review",
            [
                """
                ALTER TABLE organisation
                    ADD COLUMN escrow_review_seconds INTEGER NOT NULL DEFAULT 86400
                """
            ]
        ),
        Migration(
            "gateway-005-lists-by-index",
            [
                """
                CREATE INDEX api_key_in_use ON api_key (organisation_id, created_at, id)
                    WHERE revoked_at IS NULL
                """,
                "DROP INDEX api_key_of_organisation",
                "CREATE INDEX organisation_by_time ON organisation (created_at, id)",
            ]
        ),
        Migration(
            "gateway-006-session-uses",
            [
                """
                CREATE TABLE session_use (
                    key_id TEXT NOT NULL,
                    number INTEGER NOT NULL,
                    name_hash BLOB NOT NULL,
                    request TEXT NOT NULL,
                    expires_at INTEGER NOT NULL,
                    PRIMARY KEY (key_id, name_hash)
                ) STRICT
                """,
                "CREATE INDEX session_use_by_number ON session_use (key_id, number)",
                "CREATE INDEX session_use_expiry ON session_use (expires_at)",
            ]
        ),
        Migration(
            "gateway-007-answered-requests",
            [
                """
                CREATE TABLE answered_request (
                    identity TEXT PRIMARY KEY,
                    digest TEXT NOT NULL,
                    answer BLOB NOT NULL,
                    answered_at INTEGER NOT NULL
                ) STRICT
                """
            ]
        ),
        Migration(
            "gateway-008-forgotten-session-uses",
            [
                "ALTER TABLE session ADD COLUMN forgotten_until INTEGER NOT NULL DEFAULT -1",
                "CREATE UNIQUE INDEX session_by_key ON session (key_id)",
                "ALTER TABLE session_use ADD COLUMN issued_at INTEGER NOT NULL DEFAULT 0",
            ]
        ),
        // A key that was revoked at another gateway ends its streams here; and which change of the
        // named policies was the last.
        Migration(
            "gateway-009-revoked-keys-named-policies",
            [
                "ALTER TABLE organisation ADD COLUMN policies_order INTEGER NOT NULL DEFAULT 0",
                """
                CREATE INDEX api_key_revoked ON api_key (revoked_at, id)
                    WHERE revoked_at IS NOT NULL
                """,
            ]
        ),
    ]
}
