import Contracts

/// Windows in memory, for payments of the past in the order of their times.
struct Replay {
    private struct Key: Hashable {
        var wallet: Int64
        var asset: Asset
    }

    /// Entries in order, those before `head` having left.
    private struct Window {
        var entries: [(at: Timestamp, amount: MinorUnits)] = []
        var head = 0
        var sum: MinorUnits = 0

        mutating func roll(to horizon: Timestamp) {
            while head < entries.count, entries[head].at <= horizon {
                sum = sum.subtracting(entries[head].amount) ?? 0
                head += 1
            }
        }

        mutating func add(_ amount: MinorUnits, at timestamp: Timestamp) {
            entries.append((timestamp, amount))
            sum = sum.adding(amount) ?? .maximum
        }
    }

    private var days: [Key: Window] = [:]
    private var months: [Key: (month: Int64, sum: MinorUnits)] = [:]
    private var hours: [Int64: Window] = [:]

    /// What the windows hold at the time of a payment.
    mutating func spending(of row: AuthorizationRow) -> Spending {
        let key = Key(wallet: row.bindingNumber, asset: row.amount.asset)
        let day = row.at.advanced(byMilliseconds: -Timestamp.millisecondsPerDay)
        let hour = row.at.advanced(byMilliseconds: -Timestamp.millisecondsPerHour)
        days[key, default: Window()].roll(to: day)
        hours[row.bindingNumber, default: Window()].roll(to: hour)
        var spending = Spending(emptyFor: row.amount.asset, at: row.at)
        spending.sums.day = days[key]?.sum ?? 0
        if let month = months[key], month.month == row.at.month {
            spending.sums.monthSum = month.sum
        }
        spending.binding.hourCount = hours[row.bindingNumber]?.sum.rawValue ?? 0
        return spending
    }

    /// Adds a payment that would be approved.
    mutating func add(_ row: AuthorizationRow) {
        let key = Key(wallet: row.bindingNumber, asset: row.amount.asset)
        days[key, default: Window()].add(row.counted, at: row.at)
        hours[row.bindingNumber, default: Window()].add(1, at: row.at)
        let month = row.at.month
        let sum = months[key].map { $0.month == month ? $0.sum : 0 } ?? 0
        months[key] = (month, sum.adding(row.counted) ?? .maximum)
    }
}
