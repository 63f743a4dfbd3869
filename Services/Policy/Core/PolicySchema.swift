import Storage

/// The tables of Policy.
enum PolicySchema {
    static let migrations = [
        Migration(
            "policy-001-policies-windows-authorizations",
            [
                """
                CREATE TABLE policy (
                    id TEXT PRIMARY KEY,
                    organisation_id TEXT,
                    version INTEGER NOT NULL CHECK (version > 0),
                    terms TEXT NOT NULL,
                    expires_at INTEGER,
                    expired_version INTEGER NOT NULL DEFAULT 0,
                    created_at INTEGER NOT NULL,
                    updated_at INTEGER NOT NULL,
                    deleted_at INTEGER
                ) STRICT
                """,
                "CREATE INDEX policy_of_organisation ON policy (organisation_id, created_at, id)",
                "CREATE INDEX policy_expiry ON policy (expires_at)",
                """
                CREATE TABLE policy_version (
                    policy_id TEXT NOT NULL REFERENCES policy (id),
                    version INTEGER NOT NULL,
                    terms TEXT NOT NULL,
                    created_at INTEGER NOT NULL,
                    PRIMARY KEY (policy_id, version)
                ) STRICT
                """,
                """
                CREATE TABLE binding (
                    number INTEGER PRIMARY KEY,
                    wallet_id TEXT NOT NULL UNIQUE,
                    organisation_id TEXT NOT NULL,
                    policy_id TEXT NOT NULL REFERENCES policy (id),
                    hour_count INTEGER NOT NULL DEFAULT 0 CHECK (hour_count >= 0),
                    hour_head INTEGER NOT NULL DEFAULT 0,
                    hour_oldest_at INTEGER,
                    pending_count INTEGER NOT NULL DEFAULT 0 CHECK (pending_count >= 0)
                ) STRICT
                """,
                "CREATE INDEX binding_of_policy ON binding (policy_id, number)",
                """
                CREATE TABLE known_destination (
                    organisation_id TEXT NOT NULL,
                    kind TEXT NOT NULL,
                    value TEXT NOT NULL,
                    wallet_id TEXT NOT NULL,
                    category TEXT,
                    PRIMARY KEY (organisation_id, kind, value)
                ) STRICT
                """,
                "CREATE INDEX known_destination_of_wallet ON known_destination (wallet_id)",
                """
                CREATE TABLE spending_window (
                    binding_number INTEGER NOT NULL REFERENCES binding (number),
                    asset TEXT NOT NULL,
                    day_minor INTEGER NOT NULL CHECK (day_minor >= 0),
                    day_head INTEGER NOT NULL,
                    day_oldest_at INTEGER,
                    month INTEGER NOT NULL,
                    month_minor INTEGER NOT NULL CHECK (month_minor >= 0),
                    pending_minor INTEGER NOT NULL CHECK (pending_minor >= 0),
                    PRIMARY KEY (binding_number, asset)
                ) STRICT
                """,
                """
                CREATE TABLE authorization (
                    number INTEGER PRIMARY KEY,
                    id TEXT NOT NULL UNIQUE,
                    organisation_id TEXT NOT NULL,
                    binding_number INTEGER NOT NULL REFERENCES binding (number),
                    asset TEXT NOT NULL,
                    amount_minor INTEGER NOT NULL CHECK (amount_minor > 0),
                    state TEXT NOT NULL CHECK (state IN
                        ('reserved', 'pending', 'denied', 'released', 'not_approved')),
                    at INTEGER NOT NULL,
                    digest TEXT NOT NULL,
                    policy_id TEXT NOT NULL,
                    policy_version INTEGER NOT NULL,
                    destination_kind TEXT NOT NULL,
                    destination_value TEXT NOT NULL,
                    recipient TEXT NOT NULL,
                    violations TEXT,
                    approval_id TEXT
                ) STRICT
                """,
                "CREATE INDEX authorization_of_wallet ON authorization (binding_number, number)",
                """
                CREATE TABLE approval (
                    id TEXT PRIMARY KEY,
                    organisation_id TEXT NOT NULL,
                    wallet_id TEXT NOT NULL,
                    status TEXT NOT NULL CHECK (status IN
                        ('pending', 'approved', 'denied', 'expired')),
                    payment_order TEXT NOT NULL,
                    policy_id TEXT NOT NULL,
                    policy_version INTEGER NOT NULL,
                    created_at INTEGER NOT NULL,
                    expires_at INTEGER NOT NULL,
                    decided_by TEXT,
                    decided_at INTEGER
                ) STRICT
                """,
                """
                CREATE INDEX approval_of_organisation
                    ON approval (organisation_id, created_at, id)
                """,
                "CREATE INDEX approval_expiry ON approval (status, expires_at)",
                preset("pol_open", #"{"name":"Open","currency":"USDC","limits":[]"#),
                preset("pol_conservative", limits("Conservative", 5, 50, 500)),
                preset("pol_standard", limits("Standard", 100, 1000, 10_000)),
                """
                INSERT INTO policy_version (policy_id, version, terms, created_at)
                SELECT id, version, terms, 0 FROM policy
                """,
            ]
        ),
        // Apart from the names of a wallet, because there can be any number of them.
        Migration(
            "policy-002-invoices",
            [
                """
                CREATE TABLE known_invoice (
                    value TEXT PRIMARY KEY,
                    organisation_id TEXT NOT NULL,
                    wallet_id TEXT NOT NULL
                ) STRICT
                """
            ]
        ),
        // Entries of lists are canonical from now on, which the edition says; what was stored
        // before is read as RecipientList says. A policy speaks for the assets it names, also one
        // that was stored before: the open preset names all.
        Migration(
            "policy-003-editions-and-times",
            [
                "ALTER TABLE policy ADD COLUMN edition INTEGER NOT NULL DEFAULT 1",
                """
                UPDATE policy SET version = version + 1,
                    terms = json_set(terms, '$.assets', json('["BTC","DZAR","SOL","USDC"]'))
                WHERE id = 'pol_open'
                """,
                """
                INSERT INTO policy_version (policy_id, version, terms, created_at)
                SELECT id, version, terms, 0 FROM policy WHERE id = 'pol_open'
                """,
                "ALTER TABLE binding ADD COLUMN latest_at INTEGER NOT NULL DEFAULT 0",
                """
                UPDATE binding SET latest_at = coalesce((SELECT max(at) FROM authorization
                    WHERE binding_number = binding.number), 0)
                """,
                "UPDATE known_destination SET category = lower(trim(category))",
                """
                CREATE INDEX authorization_of_organisation
                    ON authorization (organisation_id, at, number)
                """,
                """
                CREATE INDEX approval_of_status
                    ON approval (organisation_id, status, created_at, id)
                """,
                """
                CREATE INDEX approval_of_wallet
                    ON approval (organisation_id, wallet_id, created_at, id)
                """,
                "ALTER TABLE approval ADD COLUMN reason TEXT",
                "ALTER TABLE approval ADD COLUMN violations TEXT",
            ]
        ),
        Migration(
            "policy-004-groups",
            [
                """
                CREATE TABLE known_group_member (
                    group_id TEXT NOT NULL,
                    member TEXT NOT NULL,
                    organisation_id TEXT NOT NULL,
                    PRIMARY KEY (group_id, member)
                ) STRICT
                """
            ]
        ),
        Migration(
            "policy-005-compound-requests",
            [
                """
                CREATE TABLE compound_request (
                    identity TEXT PRIMARY KEY,
                    organisation_id TEXT NOT NULL,
                    digest TEXT NOT NULL,
                    created_at INTEGER NOT NULL
                ) STRICT, WITHOUT ROWID
                """
            ]
        ),
        // Who asked for a payment, and with which request: an operator finds both beside the
        // decision.
        Migration(
            "policy-006-requests",
            [
                "ALTER TABLE authorization ADD COLUMN requester_id TEXT",
                "ALTER TABLE authorization ADD COLUMN request_id TEXT",
            ]
        ),
        // What a rail may take beside the amount, what it took, and what the windows count.
        Migration(
            "policy-007-fees",
            [
                "ALTER TABLE authorization ADD COLUMN fee_minor INTEGER CHECK (fee_minor >= 0)",
                """
                ALTER TABLE authorization ADD COLUMN taken_fee_minor INTEGER
                    CHECK (taken_fee_minor BETWEEN 0 AND fee_minor)
                """,
                """
                ALTER TABLE authorization ADD COLUMN counted_minor INTEGER GENERATED ALWAYS
                    AS (amount_minor + coalesce(taken_fee_minor, fee_minor, 0)) VIRTUAL
                """,
            ]
        ),
        // Which change of the directory was the last that is known of a destination.
        Migration(
            "policy-008-destination-order",
            [
                """
                CREATE TABLE destination_order (
                    organisation_id TEXT NOT NULL,
                    kind TEXT NOT NULL,
                    value TEXT NOT NULL,
                    number INTEGER NOT NULL,
                    PRIMARY KEY (organisation_id, kind, value)
                ) STRICT, WITHOUT ROWID
                """
            ]
        ),
        // What a list of wallets shows of their policies, apart from lists of any length; and the
        // policies whose end is still to be seen to.
        Migration(
            "policy-009-bounded-reads",
            [
                "ALTER TABLE policy ADD COLUMN summary TEXT NOT NULL DEFAULT '{}'",
                """
                UPDATE policy SET summary = json_set(terms, '$.allowedRecipients', json('[]'),
                    '$.blockedRecipients', json('[]'), '$.blockedCategories', json('[]'))
                """,
                "ALTER TABLE policy ADD COLUMN bytes INTEGER NOT NULL DEFAULT 0",
                "UPDATE policy SET bytes = length(CAST(terms AS BLOB))",
                "ALTER TABLE policy ADD COLUMN expired_binding INTEGER NOT NULL DEFAULT 0",
                "DROP INDEX policy_expiry",
                """
                CREATE INDEX policy_to_expire ON policy (expires_at, id)
                    WHERE expired_version < version
                """,
                "DROP INDEX policy_of_organisation",
                """
                CREATE INDEX policy_in_use ON policy (organisation_id, created_at, id)
                    WHERE deleted_at IS NULL
                """,
                "DROP INDEX approval_expiry",
                """
                CREATE INDEX approval_to_expire ON approval (expires_at, id)
                    WHERE status = 'pending'
                """,
                // The windows read what is reserved, and pass over nothing that others denied.
                "DROP INDEX authorization_of_wallet",
                """
                CREATE INDEX reserved_of_wallet ON authorization (binding_number, number)
                    WHERE state = 'reserved'
                """,
                """
                CREATE INDEX reserved_of_asset ON authorization (binding_number, asset, number)
                    WHERE state = 'reserved'
                """,
                """
                CREATE INDEX pending_of_asset ON authorization (binding_number, asset)
                    WHERE state = 'pending'
                """,
            ]
        ),
        // Which change of a wallet's policy was the last that is known.
        Migration(
            "policy-010-binding-order",
            ["ALTER TABLE binding ADD COLUMN order_number INTEGER NOT NULL DEFAULT 0"]
        ),
        // Whom the lists were held against: the wallet, or an empty text for nobody.
        Migration(
            "policy-011-judged-wallet",
            ["ALTER TABLE authorization ADD COLUMN judged_wallet TEXT"]
        ),
        BatchReturn.migration,
        // What the windows held when a payment was decided.
        Migration(
            "policy-013-used-before",
            [
                "ALTER TABLE authorization ADD COLUMN used_day_minor INTEGER",
                "ALTER TABLE authorization ADD COLUMN used_month_minor INTEGER",
                "ALTER TABLE authorization ADD COLUMN used_hour_count INTEGER",
            ]
        ),
        // The policies that organisations name, as far as they have named one since.
        Migration(
            "policy-014-named-policies",
            [
                """
                CREATE TABLE named_policy (
                    organisation_id TEXT PRIMARY KEY,
                    default_policy_id TEXT,
                    payout_policy_id TEXT,
                    number INTEGER NOT NULL CHECK (number > 0)
                ) STRICT, WITHOUT ROWID
                """
            ]
        ),
    ]

    private static func limits(_ name: String, _ tx: Int, _ day: Int, _ month: Int) -> String {
        let unit = 1_000_000
        return #"{"name":"\#(name)","currency":"USDC","limits":[{"asset":"USDC","maxPerTx":"#
            + #"\#(tx * unit),"maxPerDay":\#(day * unit),"maxPerMonth":\#(month * unit)}]"#
    }

    private static func preset(_ id: String, _ terms: String) -> String {
        """
        INSERT INTO policy (id, organisation_id, version, terms, created_at, updated_at)
        VALUES ('\(id)', NULL, 1, '\(terms),"allowedRecipients":[],"blockedRecipients":[],\
        "blockedCategories":[]}', 0, 0)
        """
    }
}
