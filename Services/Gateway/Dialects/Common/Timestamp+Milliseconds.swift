import Contracts

extension Timestamp {
    /// The text in UTC with milliseconds and without a zone, for example `2022-12-13T12:29:39.633`.
    var milliseconds: String {
        let milliseconds = String(rawValue % 1000)
        let padding = String(repeating: "0", count: 3 - milliseconds.count)
        return iso8601.dropLast() + "." + padding + milliseconds
    }
}
