import Contracts
import Storage
import Testing

@Suite struct `A value` {
    @Test(arguments: TestDatabase.all, Self.integers)
    func `that is an integer comes back as it was`(database: TestDatabase, value: Int64) throws {
        try Self.store(integer: value, in: database) { row in
            let stored = row.integer(0)
            #expect(stored == value)
        }
    }

    @Test(arguments: TestDatabase.all, Self.texts)
    func `that is a text comes back as it was`(database: TestDatabase, value: String) throws {
        try Self.store(text: value, in: database) { row in
            let stored = row.text(1)
            #expect(Array(stored.utf8) == Array(value.utf8))
        }
    }

    @Test(arguments: TestDatabase.all, Self.blobs)
    func `that is a blob comes back as it was`(database: TestDatabase, value: [UInt8]) throws {
        try Self.store(blob: value, in: database) { row in
            let stored = row.blob(2)
            #expect(stored == value)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `that is absent is NULL`(database: TestDatabase) throws {
        let integer: Int64? = nil
        let text: String? = nil
        let blob: [UInt8]? = nil
        try database.run { database in
            try database.migrate([Self.migration])
            try database.write { transaction throws(StorageError) in
                try transaction.execute(
                    """
                    INSERT INTO sample (integer_value, text_value, blob_value)
                    VALUES (\(integer), \(text), \(blob))
                    """
                )
                let areNull = try transaction.rows(Self.query) { row in
                    row.isNull(0) && row.optionalInteger(0) == nil
                        && row.optionalText(1) == nil && row.optionalBlob(2) == nil
                }
                #expect(areNull == [true])
            }
        }
    }

    @Test(arguments: TestDatabase.all)
    func `of a type of the platform comes back as it was`(database: TestDatabase) throws {
        let wallet: Wallet.ID = Identifier("wal_01j9abcdefghjkmnpqrstvwxyz")
        let missing: Wallet.ID? = nil
        let instant = Timestamp(milliseconds: 1_700_000_000_123)
        try database.run { database in
            try database.write { transaction throws(StorageError) in
                let query: SQL = """
                    SELECT \(wallet), \(missing), \(instant), \(Timestamp?.none), \(Asset.usdc), \
                    \(true), \(false), \(Int(-5)), \(Int?(7))
                    """
                let isEqual = try transaction.first(query) { row in
                    let identifier: Wallet.ID = row.identifier(0)
                    let noIdentifier: Wallet.ID? = row.optionalIdentifier(1)
                    return identifier == wallet && noIdentifier == nil
                        && row.timestamp(2) == instant && row.optionalTimestamp(3) == nil
                        && row.asset(4) == .usdc && row.boolean(5) && !row.boolean(6)
                        && row.integer(7) == -5 && row.optionalInteger(8) == 7
                }
                #expect(isEqual == true)
            }
        }
    }

    @Test func `of another type than its column's is a fault`() async {
        await #expect(processExitsWith: .failure) {
            try TestDatabase.sqliteInMemory.run { database in
                let text = try database.read { transaction throws(StorageError) in
                    try transaction.first("SELECT \(5)") { $0.text(0) }
                }
                print(text ?? "")
            }
        }
    }

    @Test func `of a column that the query lacks is a fault`() async {
        await #expect(processExitsWith: .failure) {
            try TestDatabase.sqliteInMemory.run { database in
                let integer = try database.read { transaction throws(StorageError) in
                    try transaction.first("SELECT \(5)") { $0.integer(1) }
                }
                print(integer ?? 0)
            }
        }
    }

    private static let integers: [Int64] = [.min, -1, 0, 1, (1 << 53) + 1, .max]

    private static let texts: [String] = [
        "", "short", "a text that is longer than fifteen bytes", "Zoë · 💸 · 支付 · e\u{301}",
        "it's; DROP TABLE note --", "nul\u{0}inside", String(repeating: "long ", count: 5000),
    ]

    private static let blobs: [[UInt8]] = [
        [], [0], [0xff, 0x00, 0xfe], [UInt8](repeating: 0xa5, count: 100_000),
    ]

    private static let migration = Migration(
        "sample",
        ["CREATE TABLE sample (integer_value BIGINT, text_value TEXT, blob_value BLOB)"]
    )

    private static let query: SQL = "SELECT integer_value, text_value, blob_value FROM sample"

    private static func store(
        integer: Int64? = nil,
        text: String? = nil,
        blob: [UInt8]? = nil,
        in database: TestDatabase,
        _ check: (borrowing Row) -> Void
    ) throws {
        try database.run { database in
            try database.migrate([Self.migration])
            _ = try database.write { transaction throws(StorageError) in
                try transaction.execute(
                    """
                    INSERT INTO sample (integer_value, text_value, blob_value)
                    VALUES (\(integer), \(text), \(blob))
                    """
                )
            }
            let count = try database.read { transaction throws(StorageError) in
                try transaction.rows(Self.query) { check($0) }.count
            }
            #expect(count == 1)
        }
    }
}
