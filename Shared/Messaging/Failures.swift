import Contracts

/// How often messages have failed on their own; it forgets when there are many.
struct Failures {
    private static let limit = 1000

    private var counts: [MessageReference.ID: Int] = [:]

    /// Counts one more failure of a message, and returns their number.
    mutating func next(of id: MessageReference.ID) -> Int {
        if counts.count >= Failures.limit {
            counts.removeAll()
        }
        counts[id, default: 0] += 1
        return counts[id, default: 0]
    }
}
