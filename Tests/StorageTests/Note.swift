import Storage

/// A table of texts that are unique.
enum Note {
    static let migration = Migration(
        "note",
        ["CREATE TABLE note (body TEXT NOT NULL PRIMARY KEY)"]
    )

    static func insert(_ body: String, _ transaction: borrowing Transaction) throws(StorageError) {
        try transaction.execute("INSERT INTO note (body) VALUES (\(body))")
    }

    static func all(in database: any Database) throws(StorageError) -> [String] {
        try database.read { transaction throws(StorageError) in
            try transaction.rows("SELECT body FROM note ORDER BY body") { $0.text(0) }
        }
    }
}
