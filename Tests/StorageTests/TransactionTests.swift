import Storage
import Testing

@Suite struct `A transaction` {
    @Test(arguments: TestDatabase.all)
    func `is kept when its closure returns`(database: TestDatabase) throws {
        try database.run { database in
            try database.migrate([Migration("note", [Self.table])])
            try database.write { transaction throws(StorageError) in
                try Self.insert("kept", transaction)
            }
            #expect(try Self.notes(in: database) == ["kept"])
        }
    }

    @Test(arguments: TestDatabase.all)
    func `leaves nothing when its closure throws`(database: TestDatabase) throws {
        try database.run { database in
            try database.migrate([Migration("note", [Self.table])])
            let refusal = StorageError(.unavailable, message: "no")
            #expect(throws: refusal) {
                try database.write { transaction throws(StorageError) in
                    try Self.insert("lost", transaction)
                    throw refusal
                }
            }
            #expect(try Self.notes(in: database).isEmpty)
            try database.write { transaction throws(StorageError) in
                try Self.insert("kept", transaction)
            }
            #expect(try Self.notes(in: database) == ["kept"])
        }
    }

    @Test(arguments: TestDatabase.all)
    func `cannot be committed after a failure that was caught`(database: TestDatabase) throws {
        try database.run { database in
            try database.migrate([Migration("note", [Self.table])])
            let failure = #expect(throws: StorageError.self) {
                try database.write { transaction throws(StorageError) in
                    try Self.insert("one", transaction)
                    try? Self.insert("one", transaction)
                }
            }
            #expect(failure?.code == .constraint)
            #expect(try Self.notes(in: database).isEmpty)
        }
    }

    static let table = "CREATE TABLE note (body TEXT NOT NULL PRIMARY KEY) STRICT"

    static func insert(_ body: String, _ transaction: borrowing Transaction) throws(StorageError) {
        try transaction.execute("INSERT INTO note (body) VALUES (\(body))")
    }

    static func notes(in database: any Database) throws -> [String] {
        try database.read { transaction throws(StorageError) in
            try transaction.rows("SELECT body FROM note ORDER BY body") { $0.text(0) }
        }
    }
}
