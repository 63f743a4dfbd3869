public import Storage

/// The tables that every service has for its messages.
public enum MessagingSchema {
    /// The history of the tables.
    public static let migrations = [
        Migration(
            "messaging-001-outbox-inbox-dead-letters",
            [
                """
                CREATE TABLE outbox (
                    sequence INTEGER PRIMARY KEY,
                    id TEXT NOT NULL,
                    destination TEXT NOT NULL,
                    type TEXT NOT NULL,
                    body BLOB NOT NULL,
                    created_at INTEGER NOT NULL
                ) STRICT
                """,
                """
                CREATE TABLE inbox (
                    message_id TEXT PRIMARY KEY,
                    received_at INTEGER NOT NULL
                ) STRICT
                """,
                """
                CREATE TABLE dead_letter (
                    sequence INTEGER PRIMARY KEY,
                    received_at INTEGER NOT NULL,
                    source TEXT NOT NULL,
                    type TEXT NOT NULL,
                    reason TEXT NOT NULL,
                    body BLOB NOT NULL
                ) STRICT
                """,
            ]
        ),
        Migration(
            "messaging-002-put-aside",
            [
                """
                CREATE TABLE put_aside (
                    sequence INTEGER PRIMARY KEY,
                    message_id TEXT NOT NULL UNIQUE,
                    source TEXT NOT NULL,
                    type TEXT NOT NULL,
                    reason TEXT NOT NULL,
                    attempts INTEGER NOT NULL CHECK (attempts > 0),
                    put_aside_at INTEGER NOT NULL,
                    last_at INTEGER NOT NULL,
                    state TEXT NOT NULL CHECK (state IN ('undecided', 'retried', 'discarded')),
                    decided_by TEXT,
                    decided_at INTEGER,
                    body BLOB NOT NULL,
                    CHECK ((state = 'undecided') = (decided_at IS NULL))
                ) STRICT
                """,
                """
                CREATE TABLE suspect (
                    name TEXT PRIMARY KEY,
                    traps INTEGER NOT NULL,
                    kills INTEGER NOT NULL,
                    last_at INTEGER NOT NULL
                ) STRICT
                """,
            ]
        ),
        Migration(
            "messaging-003-answered-requests",
            [
                """
                CREATE TABLE answered_request (
                    identity TEXT NOT NULL,
                    type TEXT NOT NULL,
                    digest TEXT NOT NULL,
                    asked_at INTEGER NOT NULL,
                    reply_type TEXT,
                    reply BLOB,
                    PRIMARY KEY (identity, type),
                    CHECK ((reply IS NULL) = (reply_type IS NULL))
                ) STRICT
                """,
                """
                CREATE TABLE answer_awaited (
                    instance TEXT NOT NULL,
                    correlation_id TEXT NOT NULL,
                    identity TEXT NOT NULL,
                    type TEXT NOT NULL,
                    PRIMARY KEY (instance, correlation_id)
                ) STRICT, WITHOUT ROWID
                """,
                "CREATE INDEX answer_awaited_of_request ON answer_awaited (identity, type)",
            ]
        ),
        Migration(
            "messaging-004-put-aside-in-time",
            ["CREATE INDEX put_aside_in_time ON put_aside (put_aside_at, sequence)"]
        ),
        // The row of the outbox whose receiver gives the answer.
        Migration(
            "messaging-005-answers-elsewhere",
            ["ALTER TABLE answered_request ADD COLUMN follows_sequence INTEGER"]
        ),
    ]
}
