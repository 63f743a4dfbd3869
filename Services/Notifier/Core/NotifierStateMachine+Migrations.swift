public import Storage

extension NotifierStateMachine {
    /// The event log: one row per event, and one row per organisation with its last number; the
    /// webhook endpoints and what each is told; the text messages.
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
        ),
        Migration(
            "notifier-002-webhooks",
            [
                """
                CREATE TABLE webhook_endpoint (
                    id TEXT PRIMARY KEY,
                    organisation_id TEXT NOT NULL,
                    url TEXT NOT NULL,
                    types TEXT NOT NULL,
                    summary TEXT,
                    status TEXT NOT NULL CHECK (status IN ('active', 'disabled', 'deleted')),
                    reason TEXT,
                    secret_number INTEGER NOT NULL,
                    previous_until INTEGER,
                    rotation_id TEXT,
                    failures INTEGER NOT NULL DEFAULT 0,
                    under_way INTEGER NOT NULL DEFAULT 0 CHECK (under_way >= 0),
                    due_at INTEGER,
                    created_at INTEGER NOT NULL
                ) STRICT
                """,
                """
                CREATE INDEX webhook_endpoint_list
                ON webhook_endpoint (organisation_id, created_at, id)
                """,
                """
                CREATE INDEX webhook_endpoint_due ON webhook_endpoint (due_at)
                WHERE due_at IS NOT NULL AND status = 'active'
                """,
                """
                CREATE INDEX webhook_endpoint_busy ON webhook_endpoint (under_way)
                WHERE under_way > 0
                """,
                """
                CREATE TABLE delivery (
                    id TEXT PRIMARY KEY,
                    organisation_id TEXT NOT NULL,
                    endpoint_id TEXT NOT NULL REFERENCES webhook_endpoint (id),
                    event_id TEXT NOT NULL,
                    sequence INTEGER NOT NULL,
                    body TEXT,
                    state TEXT NOT NULL
                        CHECK (state IN ('pending', 'under_way', 'delivered', 'failed')),
                    attempts INTEGER NOT NULL DEFAULT 0,
                    next_at INTEGER,
                    created_at INTEGER NOT NULL
                ) STRICT
                """,
                "CREATE INDEX delivery_list ON delivery (endpoint_id, created_at, id)",
                """
                CREATE INDEX delivery_due ON delivery (endpoint_id, next_at, sequence)
                WHERE state = 'pending'
                """,
                "CREATE INDEX delivery_lease ON delivery (next_at) WHERE state = 'under_way'",
                """
                CREATE INDEX delivery_ended ON delivery (created_at)
                WHERE state IN ('delivered', 'failed')
                """,
                """
                CREATE TABLE delivery_attempt (
                    delivery_id TEXT NOT NULL REFERENCES delivery (id),
                    number INTEGER NOT NULL CHECK (number > 0),
                    at INTEGER NOT NULL,
                    status INTEGER,
                    milliseconds INTEGER NOT NULL,
                    answer TEXT,
                    failure TEXT,
                    PRIMARY KEY (delivery_id, number)
                ) STRICT
                """,
            ]
        ),
        Migration(
            "notifier-003-texts",
            [
                """
                CREATE TABLE text_message (
                    id TEXT PRIMARY KEY,
                    organisation_id TEXT NOT NULL,
                    phone TEXT NOT NULL,
                    words TEXT,
                    state TEXT NOT NULL
                        CHECK (state IN ('pending', 'under_way', 'sent', 'failed')),
                    attempts INTEGER NOT NULL DEFAULT 0,
                    next_at INTEGER,
                    failure TEXT,
                    created_at INTEGER NOT NULL
                ) STRICT
                """,
                """
                CREATE INDEX text_message_due ON text_message (next_at)
                WHERE next_at IS NOT NULL
                """,
            ]
        ),
        // One tree instead of two, and no look at the event that was written just before.
        Migration(
            "notifier-004-parties",
            [
                """
                CREATE TABLE event_party_004 (
                    organisation_id TEXT NOT NULL,
                    wallet_id TEXT NOT NULL,
                    sequence INTEGER NOT NULL,
                    PRIMARY KEY (organisation_id, wallet_id, sequence)
                ) STRICT, WITHOUT ROWID
                """,
                """
                INSERT INTO event_party_004
                SELECT organisation_id, wallet_id, sequence FROM event_party
                """,
                "DROP TABLE event_party",
                "ALTER TABLE event_party_004 RENAME TO event_party",
            ]
        ),
        Migration(
            "notifier-005-repeats",
            [
                "ALTER TABLE webhook_endpoint ADD COLUMN made_as TEXT",
                """
                CREATE TABLE webhook_rotation (
                    id TEXT PRIMARY KEY,
                    endpoint_id TEXT NOT NULL,
                    secret_number INTEGER NOT NULL
                ) STRICT
                """,
                """
                INSERT INTO webhook_rotation (id, endpoint_id, secret_number)
                SELECT rotation_id, id, secret_number FROM webhook_endpoint
                WHERE rotation_id IS NOT NULL
                """,
                "ALTER TABLE webhook_endpoint DROP COLUMN rotation_id",
            ]
        ),
        // Each look finds its rows in the order in which it takes them.
        Migration(
            "notifier-006-looks",
            [
                "DROP INDEX webhook_endpoint_list",
                """
                CREATE INDEX webhook_endpoint_list
                ON webhook_endpoint (organisation_id, created_at, id) WHERE status <> 'deleted'
                """,
                """
                CREATE INDEX webhook_endpoint_deleted ON webhook_endpoint (id)
                WHERE status = 'deleted'
                """,
                "DROP INDEX webhook_endpoint_due",
                """
                CREATE INDEX webhook_endpoint_due ON webhook_endpoint (failures > 0, due_at, id)
                WHERE due_at IS NOT NULL AND status = 'active'
                """,
                "DROP INDEX text_message_due",
                """
                CREATE INDEX text_message_due ON text_message (next_at, id)
                WHERE next_at IS NOT NULL
                """,
            ]
        ),
    ]
}
