import Contracts
import Storage

/// What an organisation may send over a rail, and what of it is used.
///
/// The 24 hours roll exactly, and cost O(1) amortised for each attempt: an attempt counts with its
/// amount and what is held for its fee, then with what was taken, or with nothing once it provably
/// failed.
struct RailGrantRow {
    var grant: RailGrant

    /// What the last 24 hours hold.
    private var day: MinorUnits

    /// The number of the last attempt that the 24 hours do not hold any more.
    private var dayHead: Int64

    /// What is held for attempts without a proven outcome.
    private var outstanding: MinorUnits

    /// How many attempts are looked at in one step of rolling.
    private static let step = 50

    static func find(
        _ rail: String,
        _ asset: Asset,
        of organisation: Organisation.ID,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> RailGrantRow? {
        try list(
            """
            WHERE organisation_id = \(organisation) AND rail = \(rail) AND asset = \(asset)
            """,
            in: transaction
        ).first
    }

    /// Returns an organisation's grants.
    static func list(
        of organisation: Organisation.ID,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [RailGrant] {
        try list(
            "WHERE organisation_id = \(organisation) ORDER BY rail, asset LIMIT 100",
            in: transaction
        ).map(\.grant)
    }

    private static func list(
        _ filter: SQL,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [RailGrantRow] {
        let columns: SQL = """
            SELECT organisation_id, rail, asset, per_day_minor, outstanding_limit_minor, day_minor,
                day_head, outstanding_minor FROM rail_grant
            """
        return try transaction.rows(columns + filter) { row in
            RailGrantRow(
                grant: RailGrant(
                    organisation: row.identifier(0),
                    rail: row.text(1),
                    asset: row.asset(2),
                    maxPerDay: row.optionalMinorUnits(3),
                    maxOutstanding: row.optionalMinorUnits(4)
                ),
                day: row.minorUnits(5),
                dayHead: row.integer(6),
                outstanding: row.minorUnits(7)
            )
        }
    }

    /// Writes a new grant, or other limits; attempts that were under way before it are outstanding.
    static func write(
        _ grant: RailGrant,
        in transaction: borrowing Transaction
    ) throws(StorageError) {
        let changed = try transaction.execute(
            """
            UPDATE rail_grant SET per_day_minor = \(grant.maxPerDay),
                outstanding_limit_minor = \(grant.maxOutstanding)
            WHERE organisation_id = \(grant.organisation) AND rail = \(grant.rail)
                AND asset = \(grant.asset)
            """
        )
        if changed == 0 {
            try transaction.execute(
                """
                INSERT INTO rail_grant (organisation_id, rail, asset, per_day_minor,
                    outstanding_limit_minor, day_head, outstanding_minor)
                SELECT \(grant.organisation), \(grant.rail), \(grant.asset), \(grant.maxPerDay),
                    \(grant.maxOutstanding), coalesce(max(number), 0),
                    coalesce(sum(iif(next_at IS NULL, 0, amount_minor + reserve_minor)), 0)
                FROM rail_attempt
                WHERE organisation_id = \(grant.organisation) AND rail = \(grant.rail)
                """
            )
        }
    }

    /// Whether an attempt that holds so much may begin now.
    mutating func allows(
        _ held: MinorUnits,
        at now: Timestamp,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> Bool {
        try roll(to: now, in: transaction)
        guard let day = day.adding(held), let outstanding = outstanding.adding(held) else {
            return false
        }
        return day <= grant.maxPerDay ?? .maximum
            && outstanding <= grant.maxOutstanding ?? .maximum
    }

    /// Counts an attempt that begins.
    mutating func count(
        _ held: MinorUnits,
        in transaction: borrowing Transaction
    ) throws(StorageError) {
        day = day.adding(held) ?? .maximum
        outstanding = outstanding.adding(held) ?? .maximum
        try write(in: transaction)
    }

    /// Counts an attempt's end: it took what was captured, which is nothing when it failed.
    mutating func end(
        _ attempt: AttemptRow,
        captured: MinorUnits,
        in transaction: borrowing Transaction
    ) throws(StorageError) {
        let held = attempt.amount.adding(attempt.reserve) ?? .maximum
        outstanding = max(outstanding.subtracting(held) ?? 0, 0)
        if attempt.number > dayHead {
            let less = held.subtracting(captured) ?? 0
            day = max(day.subtracting(less) ?? 0, 0)
        }
        try write(in: transaction)
    }

    private mutating func roll(
        to now: Timestamp,
        in transaction: borrowing Transaction
    ) throws(StorageError) {
        let horizon = now.advanced(byMilliseconds: -Timestamp.millisecondsPerDay)
        while true {
            let next = try transaction.rows(
                """
                SELECT number, started_at, counted_minor FROM rail_attempt
                WHERE organisation_id = \(grant.organisation) AND number > \(dayHead)
                    AND rail = \(grant.rail)
                ORDER BY number LIMIT \(Self.step)
                """
            ) { (number: $0.integer(0), at: $0.timestamp(1), amount: $0.minorUnits(2)) }
            for attempt in next {
                if attempt.at > horizon { return }
                day = max(day.subtracting(attempt.amount) ?? 0, 0)
                dayHead = attempt.number
            }
            if next.count < Self.step { return }
        }
    }

    private func write(in transaction: borrowing Transaction) throws(StorageError) {
        try transaction.execute(
            """
            UPDATE rail_grant SET day_minor = \(day), day_head = \(dayHead),
                outstanding_minor = \(outstanding)
            WHERE organisation_id = \(grant.organisation) AND rail = \(grant.rail)
                AND asset = \(grant.asset)
            """
        )
    }
}
