import Storage

/// The messages of one service that wait for an acknowledgement, and those that were put aside.
struct WaitingMessages {
    /// The number that wait.
    var count: Int64

    /// The number that were put aside.
    var deadLetters: Int64

    /// Every text in them that is between quotes and may be an identifier.
    private var texts: Set<String> = []

    private static let longestIdentifier = 100

    /// Reads one snapshot of a service's database.
    init(in transaction: borrowing Transaction) throws(StorageError) {
        let bodies = try transaction.rows("SELECT body FROM outbox ORDER BY sequence") { row in
            row.blob(0)
        }
        count = Int64(bodies.count)
        deadLetters =
            try transaction.first("SELECT count(*) FROM dead_letter") {
                $0.integer(0)
            } ?? 0
        for body in bodies {
            for part in body.split(separator: UInt8(ascii: "\""))
            where part.count <= Self.longestIdentifier && part.contains(UInt8(ascii: "_")) {
                texts.insert(String(decoding: part, as: UTF8.self))
            }
        }
    }

    /// Whether a message that waits tells of an identifier.
    func mention(_ id: String) -> Bool {
        texts.contains(id)
    }
}
