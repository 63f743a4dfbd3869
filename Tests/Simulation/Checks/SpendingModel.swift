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
    var velocityCap: Int?

    /// How far clocks may be apart, in milliseconds.
    private static let tolerance: Int64 = 5000
    private static let day: Int64 = 86_400_000
    private static let hour: Int64 = 3_600_000

    private var spendings: [Spending] = []

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
            let wasResolved = (other.resolvedAt ?? .max) <= own.earliest
            if other.counts == false, wasResolved { continue }
            if own.earliest - latest > length + Self.tolerance { continue }
            possible.0 += other.amount
            possible.1 += 1
            let isInside = time - other.earliest < length - Self.tolerance
            if other.counts == true, wasResolved, isInside {
                sure.0 += other.amount
                sure.1 += 1
            }
        }
        return (sure, possible)
    }

    /// Why a payment cannot have been approved, or `nil` when it can.
    func objection(toApproving own: Spending, until time: Int64) -> String? {
        if let limit = maxPerTx, own.amount > limit { return "\(own.amount) in one payment" }
        if let limit = maxPerDay {
            let sure = used(Self.day, by: own, until: time).sure.0
            if sure + own.amount > limit { return "\(sure) + \(own.amount) > \(limit) in a day" }
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
                isPossible = maxPerDay.map { possible + own.amount > $0 } ?? false
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
