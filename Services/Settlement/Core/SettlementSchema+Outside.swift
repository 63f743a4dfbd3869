import Storage

extension SettlementSchema {
    /// Invoices, payment codes, group accounts, and attempts to pay over rails.
    static let outside = Migration(
        "settlement-006-outside",
        [
            "ALTER TABLE payment ADD COLUMN trace TEXT",
            "ALTER TABLE payment ADD COLUMN payer_balance_minor INTEGER",
            "ALTER TABLE payment ADD COLUMN fee_minor INTEGER CHECK (fee_minor >= 0)",
            """
            CREATE TABLE single_use (
                name TEXT PRIMARY KEY,
                payment_id TEXT NOT NULL
            ) STRICT
            """,
            "CREATE INDEX single_use_of_payment ON single_use (payment_id)",
            """
            CREATE TABLE invoice (
                payment_hash TEXT PRIMARY KEY,
                id TEXT NOT NULL,
                organisation_id TEXT NOT NULL,
                wallet_id TEXT NOT NULL REFERENCES wallet (id),
                text TEXT NOT NULL UNIQUE,
                preimage TEXT NOT NULL UNIQUE,
                millisatoshis INTEGER CHECK (millisatoshis > 0),
                description TEXT NOT NULL,
                payment_id TEXT,
                paid_at INTEGER,
                expires_at INTEGER NOT NULL,
                created_at INTEGER NOT NULL,
                UNIQUE (organisation_id, id)
            ) STRICT
            """,
            """
            CREATE TABLE group_account (
                number INTEGER PRIMARY KEY,
                id TEXT NOT NULL UNIQUE,
                organisation_id TEXT NOT NULL,
                threshold INTEGER NOT NULL CHECK (threshold > 0),
                asset TEXT NOT NULL,
                created_at INTEGER NOT NULL
            ) STRICT
            """,
            "CREATE INDEX group_of_organisation ON group_account (organisation_id, number)",
            """
            CREATE TABLE group_member (
                member TEXT NOT NULL,
                group_number INTEGER NOT NULL REFERENCES group_account (number),
                PRIMARY KEY (group_number, member)
            ) STRICT
            """,
            "CREATE INDEX group_of_member ON group_member (member, group_number)",
            """
            CREATE TABLE group_move (
                release_id TEXT PRIMARY KEY,
                entry_sequence INTEGER REFERENCES journal_entry (sequence),
                signature TEXT,
                failure TEXT,
                CHECK ((entry_sequence IS NULL) = (failure IS NOT NULL))
            ) STRICT
            """,
            """
            CREATE TABLE payment_code (
                code TEXT PRIMARY KEY,
                organisation_id TEXT NOT NULL,
                trace TEXT NOT NULL,
                asset TEXT NOT NULL,
                amount_minor INTEGER NOT NULL CHECK (amount_minor > 0),
                threshold INTEGER NOT NULL,
                receivers TEXT NOT NULL,
                memo TEXT NOT NULL,
                group_id TEXT REFERENCES group_account (id),
                created_at INTEGER NOT NULL,
                UNIQUE (organisation_id, trace)
            ) STRICT
            """,
            """
            CREATE TABLE rail_attempt (
                number INTEGER PRIMARY KEY,
                payment_id TEXT NOT NULL UNIQUE,
                organisation_id TEXT NOT NULL,
                rail TEXT NOT NULL,
                kind TEXT NOT NULL,
                value TEXT NOT NULL,
                amount_minor INTEGER NOT NULL CHECK (amount_minor > 0),
                reserve_minor INTEGER NOT NULL CHECK (reserve_minor >= 0),
                comment TEXT,
                escrow_id TEXT,
                state TEXT NOT NULL CHECK (state IN
                    ('asking', 'preparing', 'sending', 'unknown', 'settled', 'failed')),
                metadata_hash TEXT,
                baseline INTEGER,
                reference TEXT,
                fee_minor INTEGER,
                reason TEXT,
                tries INTEGER NOT NULL DEFAULT 0,
                next_at INTEGER,
                waiting TEXT,
                started_at INTEGER NOT NULL,
                sent_at INTEGER,
                answered_at INTEGER,
                ended_at INTEGER,
                CHECK ((state IN ('settled', 'failed')) = (next_at IS NULL)),
                CHECK (state <> 'sending' OR (sent_at IS NOT NULL AND baseline IS NOT NULL))
            ) STRICT
            """,
            "CREATE INDEX rail_attempt_of_organisation ON rail_attempt (organisation_id, number)",
            """
            CREATE INDEX rail_attempt_of_escrow ON rail_attempt (escrow_id)
                WHERE escrow_id IS NOT NULL
            """,
            """
            CREATE INDEX rail_attempt_due ON rail_attempt (next_at) WHERE next_at IS NOT NULL
            """,
            """
            CREATE INDEX rail_attempt_live ON rail_attempt (rail, value, amount_minor)
                WHERE next_at IS NOT NULL
            """,
        ]
    )

    /// Policy has to know the members of a group; it is told of those that were there before.
    static let toldGroups = Migration(
        "settlement-007-told-groups",
        ["ALTER TABLE group_account ADD COLUMN is_told INTEGER NOT NULL DEFAULT 0"]
    )

    /// Who opened a group, and whether it was ever paid: of those that nobody has paid a wallet
    /// opens a bounded number, and a closing passes over them.
    static let paidGroups = Migration(
        "settlement-015-paid-groups",
        [
            "ALTER TABLE group_account ADD COLUMN opened_by TEXT",
            "ALTER TABLE group_account ADD COLUMN member_count INTEGER NOT NULL DEFAULT 0",
            "ALTER TABLE group_account ADD COLUMN is_paid INTEGER NOT NULL DEFAULT 0",
            """
            UPDATE group_account SET is_paid = 1 WHERE EXISTS (
                SELECT 1 FROM ledger_account WHERE kind = 'group' AND owner = group_account.id)
            """,
            """
            CREATE INDEX group_unpaid ON group_account (opened_by, created_at, member_count)
                WHERE is_paid = 0
            """,
            "ALTER TABLE group_member ADD COLUMN is_paid INTEGER NOT NULL DEFAULT 0",
            """
            UPDATE group_member SET is_paid = 1 WHERE group_number IN (
                SELECT number FROM group_account WHERE is_paid = 1)
            """,
            """
            CREATE INDEX group_of_paid_member
                ON group_member (organisation_id, member, group_number) WHERE is_paid = 1
            """,
        ]
    )

    /// Each pulse looks for those that Policy was not told of, and finds none.
    static let untoldGroups = Migration(
        "settlement-012-untold-groups",
        ["CREATE INDEX group_untold ON group_account (number) WHERE is_told = 0"]
    )
}
