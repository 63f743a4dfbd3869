import Storage

/// The database's present failure, and when it is tried again.
struct DatabaseTrouble {
    private static let firstPauseMicroseconds: Int64 = 100_000
    private static let lastPauseMicroseconds: Int64 = 5_000_000

    private(set) var failure: StorageError?
    private var retryAt: Int64 = 0
    private var pause = DatabaseTrouble.firstPauseMicroseconds

    mutating func fail(_ failure: StorageError, at now: Int64) {
        if self.failure != nil {
            pause = min(pause * 2, DatabaseTrouble.lastPauseMicroseconds)
        }
        self.failure = failure
        retryAt = now + pause
    }

    /// Whether the database should be left alone for now.
    func isPausing(at now: Int64) -> Bool {
        failure != nil && now < retryAt
    }
}
