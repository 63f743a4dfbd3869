import Storage

/// The table of escrows.
enum EscrowSchema {
    static let migrations = [
        Migration(
            "escrow-001-escrows",
            [
                """
                CREATE TABLE escrow (
                    number INTEGER PRIMARY KEY CHECK (number > 0),
                    id TEXT NOT NULL UNIQUE,
                    organisation_id TEXT NOT NULL,
                    payer_wallet_id TEXT NOT NULL,
                    receiver_wallet_id TEXT,
                    status TEXT NOT NULL,
                    deadline INTEGER,
                    body TEXT NOT NULL
                ) STRICT
                """,
                "CREATE INDEX escrow_of_organisation ON escrow (organisation_id, number)",
                "CREATE INDEX escrow_of_payer ON escrow (payer_wallet_id, number)",
                "CREATE INDEX escrow_of_receiver ON escrow (receiver_wallet_id, number)",
                "CREATE INDEX escrow_with_deadline ON escrow (deadline) WHERE deadline IS NOT NULL",
            ]
        ),
        Migration(
            "escrow-002-checks",
            [
                "ALTER TABLE escrow ADD COLUMN check_at INTEGER",
                "CREATE INDEX escrow_with_check ON escrow (check_at) WHERE check_at IS NOT NULL",
            ]
        ),
        Migration(
            "escrow-003-releases",
            [
                """
                CREATE TABLE group_release (
                    number INTEGER PRIMARY KEY,
                    id TEXT NOT NULL UNIQUE,
                    group_id TEXT NOT NULL,
                    status TEXT NOT NULL,
                    expires_at INTEGER NOT NULL,
                    body TEXT NOT NULL
                ) STRICT
                """,
                "CREATE INDEX release_of_group ON group_release (group_id, number)",
                """
                CREATE INDEX release_that_waits ON group_release (expires_at)
                    WHERE status = 'pending'
                """,
            ]
        ),
        Migration(
            "escrow-004-checks-under-way",
            [
                """
                ALTER TABLE escrow ADD COLUMN asking INTEGER NOT NULL DEFAULT 0
                    CHECK (asking IN (0, 1, 2))
                """,
                """
                CREATE INDEX escrow_that_asks ON escrow (organisation_id, asking)
                    WHERE asking > 0
                """,
            ]
        ),
        Migration(
            "escrow-005-releases-are-asked-of-policy",
            [
                // Releases of the build before were ordered of Settlement, which takes them from
                // Policy alone. Nobody's signature is on them as Policy reads it: they fail, and
                // their groups may ask anew.
                """
                UPDATE outbox SET destination = 'policy', type = 'policy.authorize-releases.v1',
                    body = CAST(replace(CAST(body AS TEXT), '"type":"settlement.move-groups.v1"',
                        '"type":"policy.authorize-releases.v1"') AS BLOB)
                WHERE type = 'settlement.move-groups.v1'
                """
            ]
        ),
    ]
}
