import Contracts

/// The windows of one wallet after another, recomputed from the reservations.
struct WindowReplay {
    /// A reservation that stands.
    struct Reservation {
        var binding: Int64
        var asset: String
        var amount: Int64
        var at: Timestamp
        var policy: String
        var id: String

        /// Whether it was in the windows before its time: its limit was checked at the request.
        var isApprovedByPerson: Bool

        /// What the windows count: the amount with what a rail took or may take.
        var counted: Int64
    }

    private var binding: Int64?
    private var days: [String: Rolling] = [:]
    private var months: [String: (month: Int64, sum: Int128)] = [:]
    private var hour = Rolling(length: Timestamp.millisecondsPerHour)

    /// Adds a reservation and returns which limits are exceeded by it.
    mutating func add(_ reservation: Reservation, under terms: PolicyTerms) -> [String] {
        if binding != reservation.binding {
            self = WindowReplay()
            binding = reservation.binding
        }
        let count = hour.add(1, at: reservation.at)
        var day = days[reservation.asset] ?? Rolling(length: Timestamp.millisecondsPerDay)
        let daySum = day.add(Int128(reservation.counted), at: reservation.at)
        days[reservation.asset] = day
        var month = months[reservation.asset] ?? (reservation.at.month, 0)
        if month.month != reservation.at.month { month = (reservation.at.month, 0) }
        month.sum += Int128(reservation.counted)
        months[reservation.asset] = month
        guard !reservation.isApprovedByPerson else { return [] }
        let limits = terms.limits.first { $0.asset.rawValue == reservation.asset }
        let rules: [(name: PolicyRule, used: Int128, limit: Int128?)] = [
            (.maxPerTx, Int128(reservation.amount), Self.limit(limits?.maxPerTx)),
            (.maxPerDay, daySum, Self.limit(limits?.maxPerDay)),
            (.maxPerMonth, month.sum, Self.limit(limits?.maxPerMonth)),
            (.velocityCap, count, terms.velocityCap.map { Int128($0) }),
        ]
        return rules.compactMap { rule in
            guard let limit = rule.limit, rule.used > limit else { return nil }
            return "\(reservation.id) made \(rule.name.rawValue) \(rule.used) of \(limit)"
        }
    }

    private static func limit(_ minorUnits: MinorUnits?) -> Int128? {
        minorUnits.map { Int128($0.rawValue) }
    }
}

/// A sum of what happened within a length of time, where a thing counts until just before
/// its age is the length.
struct Rolling {
    private let length: Int64
    private var entries: [(at: Timestamp, amount: Int128)] = []
    private var first = 0
    private var sum: Int128 = 0

    init(length: Int64) {
        self.length = length
    }

    /// Adds an amount and returns the sum.
    mutating func add(_ amount: Int128, at now: Timestamp) -> Int128 {
        let horizon = now.advanced(byMilliseconds: -length)
        while first < entries.count, entries[first].at <= horizon {
            sum -= entries[first].amount
            first += 1
        }
        entries.append((now, amount))
        sum += amount
        return sum
    }
}
