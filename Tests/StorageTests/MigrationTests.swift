import Contracts
import Storage
import Testing

@Suite struct `A migration` {
    @Test(arguments: TestDatabase.all)
    func `is applied once and recorded`(database: TestDatabase) throws {
        try database.run { database in
            for _ in 0..<3 { try database.migrate([Note.migration, Self.second]) }
            let names = try database.read { transaction throws(StorageError) in
                try transaction.rows(
                    "SELECT name, checksum, applied_at FROM schema_migration ORDER BY name"
                ) { row in
                    let appliedAt = row.timestamp(2)
                    #expect(appliedAt > Timestamp(milliseconds: 1_700_000_000_000))
                    return [row.text(0), row.text(1)]
                }
            }
            #expect(
                names == [
                    ["note", Note.migration.checksum], ["second", Self.second.checksum],
                ]
            )
        }
    }

    @Test(arguments: TestDatabase.all)
    func `comes after those that are there`(database: TestDatabase) throws {
        try database.run { database in
            try database.migrate([Note.migration])
            try database.write { transaction throws(StorageError) in
                try Note.insert("kept", transaction)
            }
            try database.migrate([Note.migration, Self.second])
            #expect(try Note.all(in: database) == ["kept"])
        }
    }

    @Test(arguments: TestDatabase.all)
    func `that was edited is refused`(database: TestDatabase) throws {
        try database.run { database in
            try database.migrate([Note.migration])
            var edited = Note.migration
            edited.statements.append("CREATE TABLE more (id BIGINT)")
            let failure = #expect(throws: StorageError.self) {
                try database.migrate([edited])
            }
            #expect(failure?.code == .incompatible)
            #expect(failure?.message.contains("note") == true)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `of a newer program is refused`(database: TestDatabase) throws {
        try database.run { database in
            try database.migrate([Note.migration, Self.second])
            let failure = #expect(throws: StorageError.self) {
                try database.migrate([Note.migration])
            }
            #expect(failure?.code == .incompatible)
            #expect(failure?.message.contains("second") == true)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `that fails leaves nothing and can be mended`(database: TestDatabase) throws {
        try database.run { database in
            let broken = Migration("broken", ["CREATE TABLE half (id BIGINT)", "CREATE TABEL x"])
            #expect(throws: StorageError.self) {
                try database.migrate([Note.migration, broken])
            }
            let mended = Migration("broken", ["CREATE TABLE half (id BIGINT)"])
            try database.migrate([Note.migration, mended])
        }
    }

    @Test func `has a checksum that is the same for ever`() {
        #expect(Migration("a", []).checksum == "cbf29ce484222325")
        #expect(Migration("a", ["x", "y"]).checksum == Migration("b", ["x", "y"]).checksum)
        #expect(Migration("a", ["x", "y"]).checksum != Migration("a", ["xy"]).checksum)
        #expect(Migration("a", ["x", "y"]).checksum != Migration("a", ["y", "x"]).checksum)
    }

    @Test func `with the name of another one is a fault`() async {
        await #expect(processExitsWith: .failure) {
            try TestDatabase.sqliteInMemory.run { database in
                try database.migrate([Note.migration, Note.migration])
            }
        }
    }

    private static let second = Migration("second", ["CREATE TABLE second (id BIGINT)"])
}
