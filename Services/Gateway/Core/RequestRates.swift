/// How fast each of many keys sends requests, in a bounded memory.
///
/// For each key it has one number, the instant up to which its requests have used the rate (the
/// generic cell rate algorithm): a key whose instant has passed is as good as one that never asked.
struct RequestRates<Key: Hashable> {
    private let interval: Int64
    private let tolerance: Int64
    private let capacity: Int
    private var used: [Key: Int64] = [:]
    private var sweepAt: Int64 = 0

    /// Creates rates of `perSecond` requests and bursts of `burst`; a rate of 0 is no bound.
    init(perSecond: Int, burst: Int, capacity: Int) {
        interval = perSecond > 0 ? 1_000_000 / Int64(perSecond) : 0
        tolerance = interval * Int64(max(burst, 1))
        self.capacity = capacity
    }

    /// Counts a request at a time in microseconds, or one that costs as much as several.
    ///
    /// What may begin may go on: a costly one is let through where a cheap one would be, and the
    /// key waits longer after it.
    ///
    /// - Returns: `nil` when it may go on, otherwise the microseconds after which one may.
    mutating func count(_ key: Key, at now: Int64, cost: Int = 1) -> Int64? {
        guard interval > 0 else { return nil }
        let before = used[key]
        let first = max(before ?? 0, now) + interval
        guard first - now <= tolerance else { return first - now - tolerance }
        let instant = first + interval * Int64(max(cost, 1) - 1)
        if before == nil, used.count >= capacity { forget(at: now) }
        // With more keys at work than there is room for, those that come last are not counted.
        if before != nil || used.count < capacity { used[key] = instant }
        return nil
    }

    /// Forgets the keys that have their whole burst again, at most once in a second.
    private mutating func forget(at now: Int64) {
        guard sweepAt <= now else { return }
        sweepAt = now + 1_000_000
        used = used.filter { $0.value > now }
    }
}
