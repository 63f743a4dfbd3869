/// The proleptic Gregorian calendar in UTC, without leap seconds.
extension Timestamp {
    /// The milliseconds of a day.
    public static let millisecondsPerDay: Int64 = 86_400_000

    /// The milliseconds of an hour.
    public static let millisecondsPerHour: Int64 = 3_600_000

    /// The number of the calendar month in UTC: `year × 12 + month − 1`.
    public var month: Int64 {
        let date = civil
        return date.year * 12 + date.month - 1
    }

    /// The first instant of the calendar month after this one, in UTC.
    public var startOfNextMonth: Timestamp {
        let next = month + 1
        let days = Self.days(year: next / 12, month: next % 12 + 1, day: 1)
        return Timestamp(rawValue: days * Self.millisecondsPerDay)
    }

    /// The ISO 8601 text in UTC with seconds, for example `2026-04-29T12:00:00Z`.
    public var iso8601: String {
        let date = civil
        let seconds = Self.floorModulo(rawValue, Self.millisecondsPerDay) / 1000
        return
            "\(Self.padded(date.year, 4))-\(Self.padded(date.month, 2))-\(Self.padded(date.day, 2))"
            + "T\(Self.padded(seconds / 3600, 2)):\(Self.padded(seconds / 60 % 60, 2))"
            + ":\(Self.padded(seconds % 60, 2))Z"
    }

    /// Reads an RFC 3339 date and time, for example `2026-04-29T12:00:00.5+02:00`, or returns
    /// `nil`.
    ///
    /// The years are 1970 to 9999; a fraction is cut to milliseconds; a leap second is refused.
    public init?(iso8601 text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count >= 20, bytes.count <= 40 else { return nil }
        func number(_ range: Range<Int>) -> Int64? {
            var value: Int64 = 0
            for byte in bytes[range] {
                guard (48...57).contains(byte) else { return nil }
                value = value * 10 + Int64(byte - 48)
            }
            return value
        }
        guard
            let year = number(0..<4), let month = number(5..<7), let day = number(8..<10),
            let hour = number(11..<13), let minute = number(14..<16), let second = number(17..<19),
            bytes[4] == 45, bytes[7] == 45, bytes[10] | 32 == 116, bytes[13] == 58,
            bytes[16] == 58, year >= 1970, (1...12).contains(month), day >= 1,
            day <= Self.daysInMonth(year: year, month: month), hour < 24, minute < 60, second < 60
        else { return nil }
        var index = 19
        var fraction: Int64 = 0
        if bytes[index] == 46 {
            var scale: Int64 = 100
            index += 1
            let start = index
            while index < bytes.count, (48...57).contains(bytes[index]) {
                fraction += Int64(bytes[index] - 48) * scale
                scale /= 10
                index += 1
            }
            guard index > start, index < bytes.count else { return nil }
        }
        var offset: Int64 = 0
        if bytes[index] | 32 == 122 {
            guard index == bytes.count - 1 else { return nil }
        } else {
            guard
                bytes.count == index + 6, bytes[index] == 43 || bytes[index] == 45,
                bytes[index + 3] == 58, let hours = number(index + 1..<index + 3),
                let minutes = number(index + 4..<index + 6), hours < 24, minutes < 60
            else { return nil }
            offset = (hours * 60 + minutes) * (bytes[index] == 43 ? 60_000 : -60_000)
        }
        let days = Self.days(year: year, month: month, day: day)
        let time = (hour * 3600 + minute * 60 + second) * 1000 + fraction
        let milliseconds = days * Self.millisecondsPerDay + time - offset
        guard milliseconds >= 0 else { return nil }
        rawValue = milliseconds
    }

    private struct CivilDate {
        var year: Int64
        var month: Int64
        var day: Int64
    }

    /// The date, by counting days from 1 March of year 0, when leap days come last.
    private var civil: CivilDate {
        let days = Self.floorDivide(rawValue, Self.millisecondsPerDay) + 719_468
        let era = Self.floorDivide(days, 146_097)
        let dayOfEra = days - era * 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        let month = shifted < 10 ? shifted + 3 : shifted - 9
        return CivilDate(
            year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
            month: month,
            day: dayOfYear - (153 * shifted + 2) / 5 + 1
        )
    }

    private static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = floorDivide(shiftedYear, 400)
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
            - 719_468
    }

    private static func daysInMonth(year: Int64, month: Int64) -> Int64 {
        let next =
            month == 12
            ? days(year: year + 1, month: 1, day: 1) : days(year: year, month: month + 1, day: 1)
        return next - days(year: year, month: month, day: 1)
    }

    private static func floorDivide(_ dividend: Int64, _ divisor: Int64) -> Int64 {
        let quotient = dividend / divisor
        return dividend % divisor < 0 ? quotient - 1 : quotient
    }

    private static func floorModulo(_ dividend: Int64, _ divisor: Int64) -> Int64 {
        let remainder = dividend % divisor
        return remainder < 0 ? remainder + divisor : remainder
    }

    private static func padded(_ number: Int64, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
