import Storage

/// The messages of one service that wait for an acknowledgement, and those that were put aside.
struct WaitingMessages {
    /// The number that wait.
    var count: Int64

    /// The number that were put aside.
    var deadLetters: Int64

    private var bodies: [String]

    /// Reads one snapshot of a service's database.
    init(in transaction: borrowing Transaction) throws(StorageError) {
        bodies = try transaction.rows("SELECT body FROM outbox ORDER BY sequence") { row in
            String(decoding: row.blob(0), as: UTF8.self)
        }
        count = Int64(bodies.count)
        deadLetters =
            try transaction.first("SELECT count(*) FROM dead_letter") {
                $0.integer(0)
            } ?? 0
    }

    /// Whether a message that waits tells of an identifier.
    func mention(_ id: String) -> Bool {
        bodies.contains { $0.contains("\"" + id + "\"") }
    }
}
