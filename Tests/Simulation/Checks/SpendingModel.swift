/// What a wallet has spent, as its caps count it: an independent model of the rolling windows.
final class SpendingModel {
    /// A payment that counts, or may count, against caps.
    final class Spending {
        let amount: Int64
        /// The earliest and the latest time of its decision, in milliseconds of Policy's clock.
        fileprivate let earliest: Int64
        fileprivate var latest: Int64?
        /// When it was known to count, or not to.
        fileprivate var resolvedAt: Int64?
        fileprivate(set) var counts: Bool?

        fileprivate init(_ amount: Int64, at time: Int64) {
            self.amount = amount
            earliest = time
        }
    }

    var maxPerTx: Int64?
    var maxPerDay: Int64?
    var maxPerMonth: Int64?
    var velocityCap: Int?

    /// How far clocks may be apart, in milliseconds.
    private static let tolerance: Int64 = 5000
    private static let day: Int64 = 86_400_000
    private static let hour: Int64 = 3_600_000

    private var spendings: [Spending] = []

    /// How far clocks were set back in all, in milliseconds.
    private var stepped: Int64 = 0

    /// A payment is asked for at a time of Policy's clock.
    func begin(_ amount: Int64, at time: Int64) -> Spending {
        let spending = Spending(amount, at: time)
        spendings.append(spending)
        return spending
    }

    /// A payment was answered: it counts, or it does not.
    func end(_ spending: Spending, counts: Bool, at time: Int64) {
        guard spending.counts == nil else { return }
        spending.counts = counts
        spending.latest = time
        spending.resolvedAt = time
    }

    /// What was certainly, and what was possibly, spent in a window before a payment.
    private func used(
        _ length: Int64,
        by own: Spending,
        until time: Int64
    ) -> (sure: (Int64, Int), possible: (Int64, Int)) {
        var sure: (Int64, Int) = (0, 0)
        var possible: (Int64, Int) = (0, 0)
        for other in spendings where other !== own {
            let latest = other.latest ?? time
            // What ended, one way or the other, while the own payment was under way may have
            // counted then.
            let wasResolved = (other.resolvedAt ?? .max) < own.earliest
            if other.counts == false, wasResolved { continue }
            if own.earliest - latest > length + Self.tolerance + stepped { continue }
            possible.0 = Self.sum(possible.0, other.amount)
            possible.1 += 1
            let isInside = time - other.earliest < length - Self.tolerance
            if other.counts == true, wasResolved, isInside {
                sure.0 = Self.sum(sure.0, other.amount)
                sure.1 += 1
            }
        }
        return (sure, possible)
    }

    /// What was certainly, and what was possibly, spent in the calendar month of a payment.
    private func usedInMonth(
        by own: Spending,
        until time: Int64
    ) -> (sure: Int64, possible: Int64) {
        var sure: Int64 = 0
        var possible: Int64 = 0
        let ownMonths = Self.months(from: own.earliest, to: time)
        for other in spendings where other !== own {
            let wasResolved = (other.resolvedAt ?? .max) < own.earliest
            if other.counts == false, wasResolved { continue }
            let months = Self.months(from: other.earliest, to: other.latest ?? time)
            guard months.overlaps(ownMonths) else { continue }
            possible = Self.sum(possible, other.amount)
            let isSure = other.counts == true && wasResolved
            if isSure, months == ownMonths, months.count == 1 {
                sure = Self.sum(sure, other.amount)
            }
        }
        return (sure, possible)
    }

    /// The calendar months, counted from 1970, that an instant between two may be in.
    private static func months(from first: Int64, to last: Int64) -> ClosedRange<Int64> {
        let low = month(of: first - tolerance)
        return low...max(low, month(of: last + tolerance))
    }

    /// The month of an instant, by counting days from the first of March of year 0.
    static func month(of milliseconds: Int64) -> Int64 {
        let days = milliseconds / day + 719_468
        let era = days / 146_097
        let dayOfEra = days % 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        return (era * 400 + yearOfEra) * 12 + marchMonth + 2
    }

    /// A sum that stays at the greatest number rather than overflow.
    private static func sum(_ first: Int64, _ second: Int64) -> Int64 {
        let (sum, isTooLarge) = first.addingReportingOverflow(second)
        return isTooLarge ? .max : sum
    }

    /// How much of the day's limit is certainly left: what the next payment can be.
    func leftOfDay(at time: Int64) -> Int64? {
        maxPerDay.map { limit in
            let used = spendings.reduce(Int64(0)) { sum, other in
                other.counts == false || time - other.earliest > Self.day
                    ? sum : Self.sum(sum, other.amount)
            }
            return max(0, limit - used)
        }
    }

    /// Clocks were set back: what left a window may be in it again, for whoever looks at them.
    func stepBack(_ milliseconds: Int64) { stepped += milliseconds }

    /// Why a payment cannot have been approved, or `nil` when it can.
    func objection(toApproving own: Spending, until time: Int64) -> String? {
        if let limit = maxPerTx, own.amount > limit { return "\(own.amount) in one payment" }
        if let limit = maxPerDay {
            let sure = used(Self.day, by: own, until: time).sure.0
            if Self.sum(sure, own.amount) > limit {
                return "\(sure) + \(own.amount) > \(limit) in a day"
            }
        }
        if let limit = maxPerMonth {
            let sure = usedInMonth(by: own, until: time).sure
            if Self.sum(sure, own.amount) > limit {
                return "\(sure) + \(own.amount) > \(limit) in a month"
            }
        }
        if let limit = velocityCap {
            let sure = used(Self.hour, by: own, until: time).sure.1
            if sure + 1 > limit { return "\(sure) + 1 > \(limit) payments in an hour" }
        }
        return nil
    }

    /// Why a payment cannot have been denied for these rules, or `nil` when it can.
    func objection(toDenying own: Spending, for rules: [String], until time: Int64) -> String? {
        for rule in rules {
            let isPossible: Bool
            switch rule {
            case "max_per_tx": isPossible = maxPerTx.map { own.amount > $0 } ?? false
            case "max_per_day":
                let possible = used(Self.day, by: own, until: time).possible.0
                isPossible = maxPerDay.map { Self.sum(possible, own.amount) > $0 } ?? false
            case "max_per_month":
                let possible = usedInMonth(by: own, until: time).possible
                isPossible = maxPerMonth.map { Self.sum(possible, own.amount) > $0 } ?? false
            case "velocity_cap":
                let possible = used(Self.hour, by: own, until: time).possible.1
                isPossible = velocityCap.map { possible + 1 > $0 } ?? false
            default: continue
            }
            if !isPossible { return "\(rule) was not reached by \(own.amount)" }
        }
        return nil
    }
}
