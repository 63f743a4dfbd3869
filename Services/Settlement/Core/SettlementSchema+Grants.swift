import Storage

extension SettlementSchema {
    /// What organisations may send over rails.
    static let grants = Migration(
        "settlement-009-rail-grants",
        [
            """
            CREATE TABLE rail_grant (
                organisation_id TEXT NOT NULL,
                rail TEXT NOT NULL,
                asset TEXT NOT NULL,
                per_day_minor INTEGER CHECK (per_day_minor >= 0),
                outstanding_limit_minor INTEGER CHECK (outstanding_limit_minor >= 0),
                day_minor INTEGER NOT NULL DEFAULT 0 CHECK (day_minor >= 0),
                day_head INTEGER NOT NULL,
                outstanding_minor INTEGER NOT NULL CHECK (outstanding_minor >= 0),
                PRIMARY KEY (organisation_id, rail, asset)
            ) STRICT
            """,
            """
            ALTER TABLE rail_attempt ADD COLUMN counted_minor INTEGER NOT NULL DEFAULT 0
                CHECK (counted_minor >= 0)
            """,
        ]
    )
}
