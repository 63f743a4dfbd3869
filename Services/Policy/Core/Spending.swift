import Contracts
import Storage

/// What a wallet has used of its windows, as of one instant.
///
/// The windows roll exactly: a payment at t counts until just before t + 24 h (t + 1 h). The sums
/// are kept; an entry is taken out once, when it is due, so that a payment costs O(1) amortised.
struct Spending {
    /// One asset's sums.
    struct Sums {
        var day: MinorUnits = 0
        var dayHead: Int64 = 0
        var dayOldest: Timestamp?
        var month: Int64
        var monthSum: MinorUnits = 0
        var pending: MinorUnits = 0
        var isNew = false
    }

    /// What windows hold, with what waits for a person.
    struct Used {
        /// The rolling 24 hours.
        var day: MinorUnits

        /// The calendar month.
        var month: MinorUnits

        /// The payments of the rolling hour.
        var hour: Int64
    }

    var binding: Binding
    var asset: Asset
    var sums: Sums

    /// The number of entries that were taken out, and stay so only when the windows are written.
    private(set) var takenOut = 0

    /// The time of the windows: the present, or the latest time at which the wallet's payments
    /// were decided, if the clock was set back since.
    let now: Timestamp

    /// What the rolling 24 hours hold, with what waits for a person.
    var usedToday: MinorUnits { sums.day.adding(sums.pending) ?? .maximum }

    /// What the calendar month holds, with what waits for a person.
    var usedThisMonth: MinorUnits { sums.monthSum.adding(sums.pending) ?? .maximum }

    /// The payments of the rolling hour, with those that wait for a person.
    var usedThisHour: Int64 { binding.hourCount + binding.pendingCount }

    /// What all windows hold.
    var used: Used { Used(day: usedToday, month: usedThisMonth, hour: usedThisHour) }

    /// Reads the windows and takes out what is due.
    init(
        of binding: Binding,
        in asset: Asset,
        at now: Timestamp,
        in transaction: borrowing Transaction
    ) throws(StorageError) {
        let now = max(now, binding.latest)
        self.binding = binding
        self.asset = asset
        self.now = now
        let stored = try transaction.first(
            """
            SELECT day_minor, day_head, day_oldest_at, month, month_minor, pending_minor
            FROM spending_window WHERE binding_number = \(binding.number) AND asset = \(asset)
            """
        ) { row in
            Sums(
                day: row.minorUnits(0),
                dayHead: row.integer(1),
                dayOldest: row.optionalTimestamp(2),
                month: row.integer(3),
                monthSum: row.minorUnits(4),
                pending: row.minorUnits(5)
            )
        }
        sums = stored ?? Sums(month: now.month, isNew: true)
        // A month that has begun is not left.
        if sums.month < now.month {
            sums.month = now.month
            sums.monthSum = 0
        }
        try rollDay(in: transaction)
        try rollHour(in: transaction)
    }

    /// Windows in which nothing is used.
    init(emptyFor asset: Asset, at now: Timestamp) {
        binding = Binding.none
        self.asset = asset
        self.now = now
        sums = Sums(month: now.month)
    }

    /// Windows as they were at a time.
    init(holding used: Used, of asset: Asset, at now: Timestamp) {
        self.init(emptyFor: asset, at: now)
        binding.hourCount = used.hour
        sums.day = used.day
        sums.monthSum = used.month
    }

    /// Whether the 24 hours can count an amount more.
    func countsToday(_ amount: MinorUnits) -> Bool {
        sums.day.adding(sums.pending)?.adding(amount) != nil
    }

    /// Whether the month can count an amount more.
    func countsThisMonth(_ amount: MinorUnits) -> Bool {
        sums.monthSum.adding(sums.pending)?.adding(amount) != nil
    }

    /// Adds a payment that happens now; what cannot be counted is denied before (``Evaluation``).
    mutating func add(_ amount: MinorUnits) {
        sums.day = sums.day.adding(amount) ?? .maximum
        sums.monthSum = sums.monthSum.adding(amount) ?? .maximum
        if sums.dayOldest == nil { sums.dayOldest = now }
        binding.hourCount += 1
        if binding.hourOldest == nil { binding.hourOldest = now }
    }

    /// Adds a payment that waits for a person.
    mutating func addWaiting(_ amount: MinorUnits) {
        sums.pending = sums.pending.adding(amount) ?? .maximum
        binding.pendingCount += 1
    }

    /// Takes out a payment that a person has decided.
    mutating func endWaiting(_ amount: MinorUnits) {
        sums.pending = sums.pending.subtracting(amount) ?? 0
        binding.pendingCount -= 1
    }

    /// Takes a payment out of the windows that it is still in.
    mutating func giveBack(_ row: AuthorizationRow) {
        giveBack(row.counted, of: row)
        if row.number > binding.hourHead { binding.hourCount -= 1 }
    }

    /// Takes a part of a payment out of the windows that it is still in.
    mutating func giveBack(_ amount: MinorUnits, of row: AuthorizationRow) {
        if row.number > sums.dayHead { sums.day = sums.day.subtracting(amount) ?? 0 }
        if row.at.month == sums.month { sums.monthSum = sums.monthSum.subtracting(amount) ?? 0 }
    }

    /// Writes the windows.
    func write(in transaction: borrowing Transaction) throws(StorageError) {
        if sums.isNew {
            try transaction.execute(
                """
                INSERT INTO spending_window (binding_number, asset, day_minor, day_head,
                    day_oldest_at, month, month_minor, pending_minor)
                VALUES (\(binding.number), \(asset), \(sums.day), \(sums.dayHead),
                    \(sums.dayOldest), \(sums.month), \(sums.monthSum), \(sums.pending))
                """
            )
        } else {
            try transaction.execute(
                """
                UPDATE spending_window SET day_minor = \(sums.day), day_head = \(sums.dayHead),
                    day_oldest_at = \(sums.dayOldest), month = \(sums.month),
                    month_minor = \(sums.monthSum), pending_minor = \(sums.pending)
                WHERE binding_number = \(binding.number) AND asset = \(asset)
                """
            )
        }
        try transaction.execute(
            """
            UPDATE binding SET hour_count = \(binding.hourCount), hour_head = \(binding.hourHead),
                hour_oldest_at = \(binding.hourOldest), pending_count = \(binding.pendingCount),
                latest_at = \(now)
            WHERE number = \(binding.number)
            """
        )
    }

    /// Writes the time alone, so that a payment that was denied is not after the next one.
    func writeTime(in transaction: borrowing Transaction) throws(StorageError) {
        guard now > binding.latest else { return }
        try transaction.execute(
            "UPDATE binding SET latest_at = \(now) WHERE number = \(binding.number)"
        )
    }

    /// The number of payments that are looked at for the time when a window frees: the money
    /// thread looks for it at each denial.
    static let lookAhead = 1000

    /// When enough of the 24 hours frees for an amount under a limit.
    ///
    /// That is never too early, for what waits for a person stays; it is `nil` when waiting alone
    /// does not do it, or not with the oldest payments that are looked at.
    func dayFreesAt(
        for amount: MinorUnits,
        limit: MinorUnits,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> Timestamp? {
        guard let room = limit.subtracting(amount), sums.pending <= room else { return nil }
        var used = usedToday
        var head = sums.dayHead
        for _ in 0..<10 {
            let batch = try entries(
                after: head,
                of: asset,
                limit: Self.lookAhead / 10,
                in: transaction
            )
            for entry in batch {
                used = used.subtracting(entry.amount) ?? 0
                if used <= room {
                    return entry.at.advanced(byMilliseconds: Timestamp.millisecondsPerDay)
                }
            }
            guard let last = batch.last else { return nil }
            head = last.number
        }
        return nil
    }

    /// When the rolling hour has room for one more payment; `nil` as for the day.
    func hourFreesAt(
        cap: Int,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> Timestamp? {
        let surplus = Int128(usedThisHour) - Int128(cap) + 1
        guard cap > binding.pendingCount, surplus > 0, surplus <= Self.lookAhead else {
            return nil
        }
        let leaves = try transaction.first(
            """
            SELECT at FROM authorization
            WHERE binding_number = \(binding.number) AND number > \(binding.hourHead)
                AND state = 'reserved'
            ORDER BY number LIMIT 1 OFFSET \(Int64(surplus) - 1)
            """
        ) { row in row.timestamp(0) }
        return leaves?.advanced(byMilliseconds: Timestamp.millisecondsPerHour)
    }

    private struct Entry {
        var number: Int64
        var at: Timestamp
        var amount: MinorUnits
    }

    private func entries(
        after number: Int64,
        of asset: Asset?,
        limit: Int,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [Entry] {
        var sql: SQL = """
            SELECT number, at, counted_minor FROM authorization
            WHERE binding_number = \(binding.number) AND number > \(number) AND state = 'reserved'
            """
        if let asset { sql = sql + "AND asset = \(asset)" }
        return try transaction.rows(sql + "ORDER BY number LIMIT \(limit)") { row in
            Entry(number: row.integer(0), at: row.timestamp(1), amount: row.minorUnits(2))
        }
    }

    private mutating func rollDay(in transaction: borrowing Transaction) throws(StorageError) {
        let horizon = now.advanced(byMilliseconds: -Timestamp.millisecondsPerDay)
        while let oldest = sums.dayOldest, oldest <= horizon {
            let batch = try entries(after: sums.dayHead, of: asset, limit: 500, in: transaction)
            sums.dayOldest = nil
            for entry in batch {
                if entry.at > horizon {
                    sums.dayOldest = entry.at
                    break
                }
                sums.day = sums.day.subtracting(entry.amount) ?? 0
                sums.dayHead = entry.number
                takenOut += 1
            }
            if sums.dayOldest == nil, batch.count == 500 { sums.dayOldest = oldest }
        }
    }

    private mutating func rollHour(in transaction: borrowing Transaction) throws(StorageError) {
        let horizon = now.advanced(byMilliseconds: -Timestamp.millisecondsPerHour)
        while let oldest = binding.hourOldest, oldest <= horizon {
            let batch = try entries(after: binding.hourHead, of: nil, limit: 500, in: transaction)
            binding.hourOldest = nil
            for entry in batch {
                if entry.at > horizon {
                    binding.hourOldest = entry.at
                    break
                }
                binding.hourCount -= 1
                binding.hourHead = entry.number
                takenOut += 1
            }
            if binding.hourOldest == nil, batch.count == 500 { binding.hourOldest = oldest }
        }
    }
}
