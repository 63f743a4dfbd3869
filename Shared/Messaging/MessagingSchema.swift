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
        )
    ]
}
