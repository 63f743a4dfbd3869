public import Storage

extension NotifierStateMachine {
    /// The event log: one row per event, and one row per organisation with its last number.
    public static let migrations = [
        Migration(
            "notifier-001-event-log",
            [
                """
                CREATE TABLE event_sequence (
                    organisation_id TEXT PRIMARY KEY,
                    last_sequence INTEGER NOT NULL CHECK (last_sequence > 0)
                ) STRICT
                """,
                """
                CREATE TABLE event (
                    organisation_id TEXT NOT NULL,
                    sequence INTEGER NOT NULL CHECK (sequence > 0),
                    id TEXT NOT NULL UNIQUE,
                    type TEXT NOT NULL,
                    occurred_at INTEGER NOT NULL,
                    body TEXT NOT NULL,
                    PRIMARY KEY (organisation_id, sequence)
                ) STRICT
                """,
                """
                CREATE TABLE event_party (
                    organisation_id TEXT NOT NULL,
                    wallet_id TEXT NOT NULL,
                    sequence INTEGER NOT NULL,
                    PRIMARY KEY (organisation_id, wallet_id, sequence),
                    FOREIGN KEY (organisation_id, sequence)
                        REFERENCES event (organisation_id, sequence)
                ) STRICT
                """,
            ]
        )
    ]
}
