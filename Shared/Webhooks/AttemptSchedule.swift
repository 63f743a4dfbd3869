public import Contracts
import Crypto

/// When attempts are made: at once, and then after longer and longer times.
public enum AttemptSchedule {
    /// The seconds before each attempt, from the first.
    public static let seconds: [Int64] = [
        0, 5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400,
    ]

    /// The longest time for which an answer's `Retry-After` is honoured.
    public static let longestMilliseconds: Int64 = 86_400_000

    /// The milliseconds to wait before an attempt, counted from 1: those of the schedule, 20 per
    /// cent more or less, so that not all come at once.
    ///
    /// The share is derived from the identifier and the number: a repeat computes the same.
    public static func delay(before number: Int, of identifier: String) -> Int64 {
        let milliseconds = seconds[min(max(number, 1), seconds.count) - 1] * 1000
        let digest = SHA256.digest(of: Array("\(identifier)#\(number)".utf8))
        let draw = digest.prefix(4).reduce(0) { $0 << 8 | Int64($1) } % 400_001
        return milliseconds * (800_000 + draw) / 1_000_000
    }

    /// When the next attempt is due after one that failed.
    public static func next(
        _ number: Int,
        of identifier: String,
        after now: Timestamp,
        retryAfter: String?
    ) -> Timestamp {
        var milliseconds = delay(before: number, of: identifier)
        if let wish = retryAfter.flatMap({ wait($0, from: now) }) {
            milliseconds = max(milliseconds, wish)
        }
        return now.advanced(byMilliseconds: milliseconds)
    }

    /// The bounded milliseconds of a `Retry-After`: seconds, or a date of RFC 9110.
    private static func wait(_ text: String, from now: Timestamp) -> Int64? {
        if let date = date(text) {
            return min(max(0, date.rawValue - now.rawValue), longestMilliseconds)
        }
        guard (1...9).contains(text.utf8.count), text.utf8.allSatisfy({ (48...57).contains($0) }),
            let seconds = Int64(text)
        else { return nil }
        return min(seconds * 1000, longestMilliseconds)
    }

    /// Reads `Wed, 21 Oct 2026 07:28:00 GMT`.
    private static func date(_ text: String) -> Timestamp? {
        let parts = text.split(separator: " ")
        let months = [
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        ]
        guard parts.count == 6, parts[5] == "GMT",
            let month = months.firstIndex(of: String(parts[2]))
        else { return nil }
        let number = month < 9 ? "0\(month + 1)" : "\(month + 1)"
        return Timestamp(iso8601: "\(parts[3])-\(number)-\(parts[1])T\(parts[4])Z")
    }
}
