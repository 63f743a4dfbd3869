import SQLiteStorage
import Storage
import Testing

@Suite struct `A statement` {
    @Test(arguments: TestDatabase.all)
    func `returns the number of rows that it changed`(database: TestDatabase) throws {
        try database.run { database in
            try database.migrate([Note.migration])
            try database.write { transaction throws(StorageError) in
                for body in ["a", "b", "c"] {
                    let count = try transaction.execute("INSERT INTO note (body) VALUES (\(body))")
                    #expect(count == 1)
                }
                let update: SQL = "UPDATE note SET body = body WHERE body < \("c")"
                #expect(try transaction.execute(update) == 2)
                #expect(try transaction.execute("DELETE FROM note WHERE body = \("z")") == 0)
                #expect(try transaction.execute("CREATE TABLE other (id BIGINT)") == 0)
            }
        }
    }

    @Test(arguments: TestDatabase.all)
    func `runs again after a query that stopped at its first row`(database: TestDatabase) throws {
        try database.run { database in
            try database.migrate([Note.migration])
            try database.write { transaction throws(StorageError) in
                for body in ["a", "b", "c"] { try Note.insert(body, transaction) }
                for _ in 0..<3 {
                    let first = try transaction.first("SELECT body FROM note ORDER BY body") {
                        $0.text(0)
                    }
                    #expect(first == "a")
                }
            }
            _ = try database.write { transaction throws(StorageError) in
                try transaction.execute("DROP TABLE note")
            }
        }
    }

    @Test(arguments: TestDatabase.all)
    func `runs again after it failed`(database: TestDatabase) throws {
        try database.run { database in
            try database.migrate([Note.migration])
            for body in ["a", "b"] {
                try database.write { transaction throws(StorageError) in
                    try Note.insert(body, transaction)
                }
                let failure = #expect(throws: StorageError.self) {
                    try database.write { transaction throws(StorageError) in
                        try Note.insert(body, transaction)
                    }
                }
                #expect(failure?.code == .constraint)
            }
            #expect(try Note.all(in: database) == ["a", "b"])
        }
    }

    @Test(arguments: TestDatabase.all)
    func `runs again after its row's closure threw`(database: TestDatabase) throws {
        try database.run { database in
            try database.migrate([Note.migration])
            try database.write { transaction throws(StorageError) in
                for body in ["a", "b"] { try Note.insert(body, transaction) }
            }
            for _ in 0..<2 {
                #expect(throws: StorageError(.unavailable, message: "stop")) {
                    try database.read { transaction throws(StorageError) in
                        try transaction.rows("SELECT body FROM note ORDER BY body") {
                            _ throws(StorageError) -> Int in
                            throw StorageError(.unavailable, message: "stop")
                        }
                    }
                }
            }
            #expect(try Note.all(in: database) == ["a", "b"])
        }
    }

    @Test(arguments: TestDatabase.all)
    func `runs inside the rows of itself`(database: TestDatabase) throws {
        try database.run { database in
            try database.migrate([Note.migration])
            let pairs = try database.write { transaction throws(StorageError) in
                for body in ["a", "b"] { try Note.insert(body, transaction) }
                return try transaction.rows("SELECT body FROM note ORDER BY body") {
                    row throws(StorageError) in
                    let outer = row.text(0)
                    return try transaction.rows("SELECT body FROM note ORDER BY body") { row in
                        outer + row.text(0)
                    }
                }
            }
            #expect(pairs == [["aa", "ab"], ["ba", "bb"]])
        }
    }

    @Test(arguments: TestDatabase.all)
    func `is joined from parts with the values in order`(database: TestDatabase) throws {
        try database.run { database in
            let select: SQL = "SELECT \("a") AS one,"
            let joined = select + "\(2) AS two," + "3 AS three" + "WHERE \(4) = 4"
            let values = try database.read { transaction throws(StorageError) in
                try transaction.first(joined) { ($0.text(0), $0.integer(1), $0.integer(2)) }
            }
            #expect(values?.0 == "a")
            #expect(values?.1 == 2)
            #expect(values?.2 == 3)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `that is not one is refused without a bound value`(database: TestDatabase) throws {
        try database.run { database in
            let statements: [SQL] = ["SELEC \("secret")", "", "SELECT \("secret"); SELECT 2"]
            for statement in statements {
                let failure = #expect(throws: StorageError.self) {
                    try database.write { transaction throws(StorageError) in
                        try transaction.execute(statement)
                    }
                }
                #expect(failure?.code == .statement)
                #expect(failure?.message.contains("secret") == false)
            }
        }
    }

    @Test(arguments: TestDatabase.all)
    func `that violates a constraint names it and no bound value`(database: TestDatabase) throws {
        try database.run { database in
            try database.migrate([Note.migration])
            let failure = #expect(throws: StorageError.self) {
                try database.write { transaction throws(StorageError) in
                    try Note.insert("secret", transaction)
                    try Note.insert("secret", transaction)
                }
            }
            #expect(failure?.code == .constraint)
            #expect(failure?.message.contains("note") == true)
            #expect(failure?.message.contains("secret") == false)
        }
    }

    @Test func `leaves a full cache and comes back`() throws {
        let database = try SQLiteDatabase(path: ":memory:", options: .init(statementLimit: 4))
        for _ in 0..<3 {
            for number in 0..<10 {
                let value = try database.read { transaction throws(StorageError) in
                    try transaction.first(SQL(stringLiteral: "SELECT \(number)")) { $0.integer(0) }
                }
                #expect(value == Int64(number))
            }
        }
    }

    @Test func `is not mistaken for one whose pieces are cut elsewhere`() throws {
        let database = try SQLiteDatabase(path: ":memory:")
        try database.read { transaction throws(StorageError) in
            for _ in 0..<2 {
                let one = try transaction.first("SELECT \(1) + 10") { $0.integer(0) }
                let two = try transaction.first("SELECT 1 + \(10)") { $0.integer(0) }
                let three = try transaction.first("SELECT \(1) + 20") { $0.integer(0) }
                #expect([one, two, three] == [11, 11, 21])
            }
        }
    }
}
