import Storage

extension SettlementSchema {
    /// Withdrawals; who waits for an escrow; identifiers that a cancelled draft gives back; and the
    /// indexes that keep one organisation's reads apart from another's rows.
    static let apart = Migration(
        "settlement-008-withdrawals-receivers-reads",
        [
            """
            CREATE TABLE withdrawal (
                organisation_id TEXT NOT NULL,
                reference TEXT NOT NULL,
                asset TEXT NOT NULL,
                amount_minor INTEGER NOT NULL CHECK (amount_minor > 0),
                entry_sequence INTEGER NOT NULL REFERENCES journal_entry (sequence),
                created_at INTEGER NOT NULL,
                PRIMARY KEY (organisation_id, reference)
            ) STRICT
            """,
            "ALTER TABLE escrow_account ADD COLUMN locked_for TEXT REFERENCES wallet (id)",
            """
            UPDATE escrow_account SET locked_for = (
                SELECT recipient_wallet_id FROM payment
                WHERE payment.id = 'tx_' || substr(escrow_id, length('escrow_') + 1))
            """,
            """
            CREATE INDEX escrow_open_of_payer ON escrow_account (wallet_id)
                WHERE entry_sequence IS NULL
            """,
            """
            CREATE INDEX escrow_open_of_receiver ON escrow_account (locked_for)
                WHERE entry_sequence IS NULL
            """,
            """
            CREATE INDEX payment_that_waits ON payment (wallet_id)
                WHERE status IN ('pending', 'awaiting_approval')
            """,
            "DROP INDEX batch_by_external_id",
            """
            CREATE UNIQUE INDEX batch_by_external_id ON batch (organisation_id, external_id)
                WHERE external_id IS NOT NULL AND status <> 'cancelled'
            """,
            """
            CREATE INDEX batch_of_external_id ON batch (organisation_id, external_id, number)
                WHERE external_id IS NOT NULL
            """,
            "CREATE INDEX batch_of_status ON batch (organisation_id, status, number)",
            "DROP INDEX payout_by_external_id",
            """
            CREATE UNIQUE INDEX payout_by_external_id ON payout (organisation_id, external_id)
                WHERE external_id IS NOT NULL AND status <> 'cancelled'
            """,
            "CREATE INDEX wallet_of_status ON wallet (organisation_id, status, number)",
            "ALTER TABLE group_member ADD COLUMN organisation_id TEXT NOT NULL DEFAULT ''",
            """
            UPDATE group_member SET organisation_id = (
                SELECT organisation_id FROM group_account WHERE number = group_number)
            """,
            "DROP INDEX group_of_member",
            """
            CREATE INDEX group_of_member ON group_member (organisation_id, member, group_number)
            """,
            """
            CREATE INDEX rail_attempt_of_state ON rail_attempt (organisation_id, state, number)
            """,
            """
            CREATE INDEX rail_attempt_by_state ON rail_attempt (state, number)
            """,
            """
            CREATE INDEX rail_attempt_waited_for ON rail_attempt (started_at)
                WHERE waiting IS NOT NULL AND next_at IS NOT NULL
            """,
            """
            CREATE INDEX directory_entry_in_time ON directory_entry (wallet_id, created_at, id)
            """,
        ]
    )
}
