import Storage

/// The tables of Settlement beside those of the ledger.
enum SettlementSchema {
    static let migrations = [
        Migration(
            "settlement-001-wallets-directory-payments",
            [
                """
                CREATE TABLE wallet (
                    number INTEGER PRIMARY KEY,
                    id TEXT NOT NULL UNIQUE,
                    organisation_id TEXT NOT NULL,
                    agent TEXT NOT NULL,
                    label TEXT,
                    tags TEXT NOT NULL,
                    policy_id TEXT NOT NULL,
                    status TEXT NOT NULL CHECK (status IN ('active', 'frozen', 'closed')),
                    solana_address TEXT NOT NULL,
                    created_at INTEGER NOT NULL,
                    UNIQUE (organisation_id, agent)
                ) STRICT
                """,
                "CREATE INDEX wallet_of_organisation ON wallet (organisation_id, number)",
                """
                CREATE TABLE directory_entry (
                    organisation_id TEXT NOT NULL,
                    kind TEXT NOT NULL,
                    value TEXT NOT NULL,
                    id TEXT NOT NULL UNIQUE,
                    wallet_id TEXT NOT NULL REFERENCES wallet (id),
                    category TEXT,
                    created_at INTEGER NOT NULL,
                    PRIMARY KEY (organisation_id, kind, value)
                ) STRICT
                """,
                "CREATE INDEX directory_entry_of_wallet ON directory_entry (wallet_id, id)",
                """
                CREATE TABLE payment (
                    number INTEGER PRIMARY KEY,
                    id TEXT NOT NULL UNIQUE,
                    organisation_id TEXT NOT NULL,
                    wallet_id TEXT NOT NULL,
                    wallet_number INTEGER NOT NULL,
                    recipient_number INTEGER,
                    recipient_wallet_id TEXT,
                    type TEXT NOT NULL CHECK (type IN ('payment', 'funding')),
                    status TEXT NOT NULL CHECK (status IN
                        ('confirmed', 'pending', 'blocked', 'failed', 'awaiting_approval')),
                    recipient TEXT NOT NULL,
                    asset TEXT NOT NULL,
                    amount_minor INTEGER NOT NULL CHECK (amount_minor > 0),
                    amount_text TEXT NOT NULL,
                    memo TEXT,
                    policy_id TEXT,
                    violations TEXT,
                    approval_id TEXT,
                    failure TEXT,
                    digest TEXT NOT NULL,
                    entry_sequence INTEGER REFERENCES journal_entry (sequence),
                    signature TEXT,
                    created_at INTEGER NOT NULL,
                    CHECK ((status = 'confirmed') = (entry_sequence IS NOT NULL))
                ) STRICT
                """,
                "CREATE INDEX payment_of_organisation ON payment (organisation_id, number)",
                "CREATE INDEX payment_of_payer ON payment (wallet_number, number)",
                "CREATE INDEX payment_of_payee ON payment (recipient_number, number)",
                """
                CREATE TABLE deposit (
                    organisation_id TEXT NOT NULL,
                    reference TEXT NOT NULL,
                    asset TEXT NOT NULL,
                    amount_minor INTEGER NOT NULL CHECK (amount_minor > 0),
                    entry_sequence INTEGER NOT NULL REFERENCES journal_entry (sequence),
                    created_at INTEGER NOT NULL,
                    PRIMARY KEY (organisation_id, reference)
                ) STRICT
                """,
            ]
        ),
        Migration(
            "settlement-002-openings-freezes-exceptions",
            [
                "ALTER TABLE wallet ADD COLUMN opening_digest TEXT",
                """
                ALTER TABLE wallet ADD COLUMN freeze_count INTEGER NOT NULL DEFAULT 0
                    CHECK (freeze_count >= 0)
                """,
                """
                CREATE INDEX payment_not_confirmed ON payment (organisation_id, status, number)
                    WHERE status <> 'confirmed'
                """,
            ]
        ),
        escrows,
        Migration(
            "settlement-004-agents",
            [
                "ALTER TABLE wallet ADD COLUMN public_key TEXT",
                "ALTER TABLE payment ADD COLUMN metadata TEXT",
                "ALTER TABLE payment ADD COLUMN ended_at INTEGER",
            ]
        ),
        batches,
        outside,
        toldGroups,
        apart,
        grants,
        additions,
        directoryOrder,
        untoldGroups,
        PayoutMovement.migration,
        waitingInvoices,
        paidGroups,
        BatchRow.migration,
        BatchRow.parts,
        WalletFreezes.migration,
    ]

    /// Batches of payouts to phone numbers.
    private static let batches = Migration(
        "settlement-005-batches",
        [
            """
            CREATE TABLE batch (
                number INTEGER PRIMARY KEY,
                id TEXT NOT NULL UNIQUE,
                organisation_id TEXT NOT NULL,
                name TEXT NOT NULL,
                external_id TEXT,
                status TEXT NOT NULL CHECK (status IN ('draft', 'open', 'closed', 'cancelled')),
                attempt INTEGER NOT NULL DEFAULT 0,
                is_submitting INTEGER NOT NULL DEFAULT 0 CHECK (is_submitting IN (0, 1)),
                waiting TEXT,
                payments_minor INTEGER NOT NULL DEFAULT 0,
                payments_count INTEGER NOT NULL DEFAULT 0,
                referrals_minor INTEGER NOT NULL DEFAULT 0,
                settled_minor INTEGER NOT NULL DEFAULT 0,
                settled_count INTEGER NOT NULL DEFAULT 0,
                cancelled_minor INTEGER NOT NULL DEFAULT 0,
                cancelled_count INTEGER NOT NULL DEFAULT 0,
                entry_sequence INTEGER REFERENCES journal_entry (sequence),
                submitted_at INTEGER,
                created_at INTEGER NOT NULL,
                CHECK ((status IN ('open', 'closed')) = (entry_sequence IS NOT NULL)),
                CHECK (settled_minor + cancelled_minor <= payments_minor)
            ) STRICT
            """,
            "CREATE INDEX batch_of_organisation ON batch (organisation_id, number)",
            """
            CREATE UNIQUE INDEX batch_by_external_id ON batch (organisation_id, external_id)
                WHERE external_id IS NOT NULL
            """,
            "CREATE INDEX batch_that_is_open ON batch (submitted_at) WHERE status = 'open'",
            """
            CREATE TABLE payout (
                number INTEGER PRIMARY KEY,
                id TEXT NOT NULL UNIQUE,
                organisation_id TEXT NOT NULL,
                batch_number INTEGER NOT NULL REFERENCES batch (number),
                phone TEXT NOT NULL,
                amount_minor INTEGER NOT NULL CHECK (amount_minor > 0),
                first_name TEXT,
                last_name TEXT,
                external_id TEXT,
                referral_phone TEXT,
                referral_minor INTEGER CHECK (referral_minor > 0),
                referral_of INTEGER REFERENCES payout (number),
                status TEXT NOT NULL CHECK (status IN
                    ('draft', 'pending', 'settled', 'cancelled')),
                wallet_id TEXT REFERENCES wallet (id),
                entry_sequence INTEGER REFERENCES journal_entry (sequence),
                settled_at INTEGER,
                created_at INTEGER NOT NULL,
                CHECK ((referral_phone IS NULL) = (referral_minor IS NULL)),
                CHECK ((status = 'settled') = (wallet_id IS NOT NULL))
            ) STRICT
            """,
            "CREATE INDEX payout_of_batch ON payout (batch_number, number)",
            """
            CREATE UNIQUE INDEX payout_by_external_id ON payout (organisation_id, external_id)
                WHERE external_id IS NOT NULL
            """,
            """
            CREATE INDEX payout_that_waits ON payout (organisation_id, phone)
                WHERE status = 'pending'
            """,
            "CREATE INDEX payout_referral ON payout (referral_of) WHERE referral_of IS NOT NULL",
        ]
    )

    /// Money that is locked; and payments of more types, which the old table refuses.
    private static let escrows = Migration(
        "settlement-003-escrows",
        [
            """
            CREATE TABLE payment_003 (
                number INTEGER PRIMARY KEY,
                id TEXT NOT NULL UNIQUE,
                organisation_id TEXT NOT NULL,
                wallet_id TEXT NOT NULL,
                wallet_number INTEGER NOT NULL,
                recipient_number INTEGER,
                recipient_wallet_id TEXT,
                type TEXT NOT NULL,
                status TEXT NOT NULL CHECK (status IN
                    ('confirmed', 'pending', 'blocked', 'failed', 'awaiting_approval')),
                recipient TEXT NOT NULL,
                asset TEXT NOT NULL,
                amount_minor INTEGER NOT NULL CHECK (amount_minor > 0),
                amount_text TEXT NOT NULL,
                memo TEXT,
                policy_id TEXT,
                violations TEXT,
                approval_id TEXT,
                failure TEXT,
                digest TEXT NOT NULL,
                entry_sequence INTEGER REFERENCES journal_entry (sequence),
                signature TEXT,
                created_at INTEGER NOT NULL,
                CHECK ((status = 'confirmed') = (entry_sequence IS NOT NULL))
            ) STRICT
            """,
            """
            INSERT INTO payment_003 SELECT number, id, organisation_id, wallet_id, wallet_number,
                recipient_number, recipient_wallet_id, type, status, recipient, asset,
                amount_minor, amount_text, memo, policy_id, violations, approval_id, failure,
                digest, entry_sequence, signature, created_at FROM payment
            """,
            "DROP TABLE payment",
            "ALTER TABLE payment_003 RENAME TO payment",
            "CREATE INDEX payment_of_organisation ON payment (organisation_id, number)",
            "CREATE INDEX payment_of_payer ON payment (wallet_number, number)",
            "CREATE INDEX payment_of_payee ON payment (recipient_number, number)",
            """
            CREATE INDEX payment_not_confirmed ON payment (organisation_id, status, number)
                WHERE status <> 'confirmed'
            """,
            """
            CREATE TABLE escrow_account (
                escrow_id TEXT PRIMARY KEY,
                organisation_id TEXT NOT NULL,
                wallet_id TEXT NOT NULL REFERENCES wallet (id),
                account_id INTEGER NOT NULL REFERENCES ledger_account (id),
                asset TEXT NOT NULL,
                amount_minor INTEGER NOT NULL CHECK (amount_minor > 0),
                receiver_wallet_id TEXT REFERENCES wallet (id),
                receiver_minor INTEGER
                    CHECK (receiver_minor BETWEEN 0 AND amount_minor),
                entry_sequence INTEGER REFERENCES journal_entry (sequence),
                signature TEXT,
                CHECK ((entry_sequence IS NULL) = (receiver_minor IS NULL))
            ) STRICT
            """,
        ]
    )
}
