public import Storage

/// The tables of the ledger.
public enum LedgerSchema {
    /// The history of the tables.
    public static let migrations = [
        Migration(
            "ledger-001-accounts-entries-holds",
            [
                """
                CREATE TABLE ledger_account (
                    id INTEGER PRIMARY KEY,
                    kind TEXT NOT NULL,
                    owner TEXT NOT NULL,
                    asset TEXT NOT NULL,
                    posted_minor INTEGER NOT NULL DEFAULT 0,
                    held_minor INTEGER NOT NULL DEFAULT 0 CHECK (held_minor >= 0),
                    UNIQUE (owner, kind, asset),
                    CHECK (kind = 'external' OR posted_minor - held_minor >= 0)
                ) STRICT
                """,
                """
                CREATE TABLE journal_entry (
                    sequence INTEGER PRIMARY KEY CHECK (sequence > 0),
                    kind TEXT NOT NULL,
                    reference TEXT NOT NULL,
                    created_at INTEGER NOT NULL,
                    hash BLOB NOT NULL
                ) STRICT
                """,
                """
                CREATE TABLE posting (
                    entry_sequence INTEGER NOT NULL REFERENCES journal_entry (sequence),
                    position INTEGER NOT NULL,
                    account_id INTEGER NOT NULL REFERENCES ledger_account (id),
                    amount_minor INTEGER NOT NULL CHECK (amount_minor <> 0),
                    PRIMARY KEY (entry_sequence, position)
                ) STRICT, WITHOUT ROWID
                """,
                """
                CREATE TABLE ledger_head (
                    id INTEGER PRIMARY KEY CHECK (id = 1),
                    sequence INTEGER NOT NULL,
                    hash BLOB NOT NULL
                ) STRICT
                """,
                """
                INSERT INTO ledger_head (id, sequence, hash) VALUES (1, 0, zeroblob(32))
                """,
                """
                CREATE TABLE hold (
                    id TEXT PRIMARY KEY,
                    account_id INTEGER NOT NULL REFERENCES ledger_account (id),
                    amount_minor INTEGER NOT NULL CHECK (amount_minor > 0),
                    captured_minor INTEGER NOT NULL DEFAULT 0
                        CHECK (captured_minor BETWEEN 0 AND amount_minor),
                    state TEXT NOT NULL CHECK (state IN ('placed', 'captured', 'released')),
                    created_at INTEGER NOT NULL,
                    ended_at INTEGER
                ) STRICT
                """,
            ]
        ),
        Migration(
            "ledger-002-signatures",
            [
                "ALTER TABLE journal_entry ADD COLUMN signature BLOB",
                "ALTER TABLE ledger_head ADD COLUMN public_key BLOB",
                "ALTER TABLE ledger_head ADD COLUMN signed_after INTEGER",
            ]
        ),
        LowBalances.migration,
        LedgerHead.exemption,
        LowBalances.above,
    ]
}
