import Storage
import Testing

@Suite struct `A transaction` {
    @Test(arguments: TestDatabase.all)
    func `is kept when its closure returns`(database: TestDatabase) throws {
        try database.run { database in
            try database.migrate([Note.migration])
            try database.write { transaction throws(StorageError) in
                try Note.insert("kept", transaction)
            }
            #expect(try Note.all(in: database) == ["kept"])
        }
    }

    @Test(arguments: TestDatabase.all)
    func `leaves nothing when its closure throws`(database: TestDatabase) throws {
        try database.run { database in
            try database.migrate([Note.migration])
            let refusal = StorageError(.unavailable, message: "no")
            #expect(throws: refusal) {
                try database.write { transaction throws(StorageError) in
                    try Note.insert("lost", transaction)
                    throw refusal
                }
            }
            #expect(try Note.all(in: database).isEmpty)
            try database.write { transaction throws(StorageError) in
                try Note.insert("kept", transaction)
            }
            #expect(try Note.all(in: database) == ["kept"])
        }
    }

    @Test(arguments: TestDatabase.all)
    func `cannot be committed after a failure that was caught`(database: TestDatabase) throws {
        try database.run { database in
            try database.migrate([Note.migration])
            let failure = #expect(throws: StorageError.self) {
                try database.write { transaction throws(StorageError) in
                    try Note.insert("one", transaction)
                    try? Note.insert("one", transaction)
                    try? Note.insert("two", transaction)
                }
            }
            #expect(failure?.code == .constraint)
            #expect(try Note.all(in: database).isEmpty)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `that reads changes nothing`(database: TestDatabase) throws {
        try database.run { database in
            try database.migrate([Note.migration])
            let failure = #expect(throws: StorageError.self) {
                try database.read { transaction throws(StorageError) in
                    try Note.insert("lost", transaction)
                }
            }
            #expect(failure?.code == .readOnly)
            #expect(try Note.all(in: database).isEmpty)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `sees its own writes`(database: TestDatabase) throws {
        try database.run { database in
            try database.migrate([Note.migration])
            let seen = try database.write { transaction throws(StorageError) in
                try Note.insert("mine", transaction)
                return try transaction.exists("SELECT 1 FROM note WHERE body = \("mine")")
            }
            #expect(seen)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `fails at its commit when a deferred constraint is violated`(
        database: TestDatabase
    ) throws {
        try database.run { database in
            try database.migrate([
                Note.migration,
                Migration(
                    "child",
                    [
                        """
                        CREATE TABLE child (
                            body TEXT NOT NULL
                                REFERENCES note (body) DEFERRABLE INITIALLY DEFERRED
                        )
                        """
                    ]
                ),
            ])
            let failure = #expect(throws: StorageError.self) {
                try database.write { transaction throws(StorageError) in
                    try transaction.execute("INSERT INTO child (body) VALUES (\("orphan"))")
                }
            }
            #expect(failure?.code == .constraint)
            try database.write { transaction throws(StorageError) in
                try Note.insert("after", transaction)
            }
            #expect(try Note.all(in: database) == ["after"])
        }
    }

    @Test func `in a transaction is a fault`() async {
        await #expect(processExitsWith: .failure) {
            try TestDatabase.sqliteInMemory.run { database in
                try database.write { _ throws(StorageError) in
                    try database.write { _ throws(StorageError) in }
                }
            }
        }
    }
}
