import Storage

/// The messages of one service that wait for an acknowledgement, and those that were put aside.
struct WaitingMessages {
    /// A message that nobody has decided about.
    struct Undecided {
        var number: Int64
        var type: String
        var reason: String
    }

    /// The number that wait.
    var count: Int64

    /// The number that were put aside and are nobody's to decide about.
    var deadLetters: Int64

    /// Those that somebody must decide about.
    private(set) var undecided: [Undecided] = []

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
        for body in bodies { note(body) }
        // A state that an earlier version left has no such table before its first start.
        let query: SQL = "SELECT 1 FROM sqlite_schema WHERE name = 'put_aside'"
        if try transaction.exists(query) { try readPutAside(in: transaction) }
    }

    /// Whether a message that waits, or that was put aside and has had no effect, tells of an
    /// identifier.
    func mention(_ id: String) -> Bool {
        texts.contains(id)
    }

    private mutating func readPutAside(in transaction: borrowing Transaction) throws(StorageError) {
        let rows = try transaction.rows(
            """
            SELECT sequence, type, reason, state, body FROM put_aside
            WHERE state <> 'retried' ORDER BY sequence
            """
        ) { row throws(StorageError) in
            (
                message: Undecided(
                    number: row.integer(0),
                    type: row.text(1),
                    reason: row.text(2)
                ),
                isUndecided: row.text(3) == "undecided",
                body: row.blob(4)
            )
        }
        for row in rows {
            note(row.body)
            if row.isUndecided { undecided.append(row.message) }
        }
    }

    private mutating func note(_ body: [UInt8]) {
        for part in body.split(separator: UInt8(ascii: "\""))
        where part.count <= Self.longestIdentifier && part.contains(UInt8(ascii: "_")) {
            texts.insert(String(decoding: part, as: UTF8.self))
        }
    }
}
