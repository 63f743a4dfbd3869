import Contracts
import Glibc

/// A folder of backups that were made one after the other.
struct BackupShelf {
    let path: String

    /// The name of the backup of a moment, for example `purse-20261128T040000Z`.
    static func name(at time: Timestamp) -> String {
        prefix + time.iso8601.filter { $0 != "-" && $0 != ":" }
    }

    /// The moment of a name, or `nil` when it is no backup's.
    static func time(of name: String) -> Timestamp? {
        guard name.hasPrefix(prefix), name.utf8.count == prefix.utf8.count + 16 else { return nil }
        let digits = Array(name.dropFirst(prefix.count))
        let text =
            String(digits[0..<4]) + "-" + String(digits[4..<6]) + "-" + String(digits[6..<11])
            + ":" + String(digits[11..<13]) + ":" + String(digits[13...])
        return Timestamp(iso8601: text)
    }

    /// Reads an age, for example `36h`, `30d` or `8w`, in milliseconds.
    static func age(_ text: String) -> Int64? {
        let units: [Character: Int64] = [
            "h": Timestamp.millisecondsPerHour, "d": Timestamp.millisecondsPerDay,
            "w": 7 * Timestamp.millisecondsPerDay,
        ]
        guard let last = text.last, let unit = units[last],
            let count = Int64(text.dropLast()), (1...10_000).contains(count)
        else { return nil }
        return count * unit
    }

    /// Removes the backups that are older than an age, and returns their names; whatever else is in
    /// the folder stays.
    func removeBackups(olderThan age: Int64, at now: Timestamp) throws(Failure) -> [String] {
        var removed: [String] = []
        for name in names().sorted() {
            guard let time = Self.time(of: name), now.rawValue - time.rawValue > age,
                access("\(path)/\(name)/\(BackupManifest.fileName)", F_OK) == 0
            else { continue }
            try BackupFolder("\(path)/\(name)").remove()
            removed.append(name)
        }
        return removed
    }

    private static let prefix = "purse-"

    private func names() -> [String] {
        BackupFolder(path).names()
    }
}
