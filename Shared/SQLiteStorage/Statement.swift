import CSQLite
import Storage

/// A prepared statement, which is also the cursor over its rows.
final class Statement: Cursor {
    let handle: OpaquePointer

    /// The statement as it was prepared; its values are of no meaning.
    private(set) var sql: SQL
    let isReadOnly: Bool

    /// Whether a query is being read from it, so that it cannot be run a second time.
    private(set) var isInUse = false

    /// When it was last used, counted in uses of the cache.
    var lastUse: UInt64 = 0

    private let parameterCount: Int
    private let columnCount: Int32

    /// The bytes of the bound texts and blobs, which live until the statement is bound again.
    private var arena: UnsafeMutableRawPointer
    private var arenaCapacity: Int

    private static let ordinaryArenaCapacity = 512

    init(handle: OpaquePointer, sql: SQL) {
        self.handle = handle
        self.sql = sql
        for index in self.sql.parts.indices {
            self.sql.parts[index].value = .null
        }
        isReadOnly = sqlite3_stmt_readonly(handle) != 0
        parameterCount = Int(sqlite3_bind_parameter_count(handle))
        columnCount = sqlite3_column_count(handle)
        arenaCapacity = Statement.ordinaryArenaCapacity
        arena = .allocate(byteCount: arenaCapacity, alignment: 16)
    }

    deinit {
        sqlite3_finalize(handle)
        arena.deallocate()
    }

    // MARK: Running

    /// Binds all values and takes the statement into use.
    ///
    /// - Returns: The result code of the first value that could not be bound, or `SQLITE_OK`.
    func begin(_ parts: [SQL.Part]) -> Int32 {
        precondition(parts.count == parameterCount, "a statement has one value for each ?")
        precondition(!isInUse, "a statement is run once at a time")
        isInUse = true
        reserveArena(for: parts)
        var used = 0
        for index in parts.indices {
            let result = bind(parts[index].value, at: Int32(truncatingIfNeeded: index + 1), &used)
            guard result == SQLITE_OK else { return result }
        }
        return SQLITE_OK
    }

    func step() -> Int32 {
        sqlite3_step(handle)
    }

    /// Makes the statement ready for its next use, whatever became of this one.
    func end() {
        sqlite3_reset(handle)
        isInUse = false
    }

    // MARK: Binding

    private func reserveArena(for parts: [SQL.Part]) {
        var needed = 0
        for part in parts {
            switch part.value {
            case .text(let text): needed += text.utf8.count
            case .blob(let bytes): needed += bytes.count
            case .null, .integer: break
            }
        }
        // A large value is let go with the next use, so that the cache stays small.
        let capacity = max(needed, Statement.ordinaryArenaCapacity)
        guard needed > arenaCapacity || capacity < arenaCapacity else { return }
        arena.deallocate()
        arena = .allocate(byteCount: capacity, alignment: 16)
        arenaCapacity = capacity
    }

    private func bind(_ value: Value, at index: Int32, _ used: inout Int) -> Int32 {
        switch value {
        case .null:
            return sqlite3_bind_null(handle, index)
        case .integer(let integer):
            return sqlite3_bind_int64(handle, index, integer)
        case .text(var text):
            let start = arena + used
            let count = text.withUTF8 { bytes in
                if let base = bytes.baseAddress {
                    start.copyMemory(from: base, byteCount: bytes.count)
                }
                return bytes.count
            }
            used += count
            // A nil destructor is SQLITE_STATIC: the arena outlives the use of the statement.
            return sqlite3_bind_text64(
                handle,
                index,
                start.assumingMemoryBound(to: CChar.self),
                UInt64(count),
                nil,
                UInt8(SQLITE_UTF8)
            )
        case .blob(let blob):
            let start = arena + used
            blob.withUnsafeBytes { bytes in
                if let base = bytes.baseAddress {
                    start.copyMemory(from: base, byteCount: bytes.count)
                }
            }
            used += blob.count
            return sqlite3_bind_blob64(handle, index, start, UInt64(blob.count), nil)
        }
    }

    // MARK: Cursor

    func integer(_ column: Int) -> Int64 {
        let index = checked(column)
        precondition(
            sqlite3_column_type(handle, index) == SQLITE_INTEGER,
            "the column is an integer"
        )
        return sqlite3_column_int64(handle, index)
    }

    func text(_ column: Int) -> String {
        let index = checked(column)
        precondition(sqlite3_column_type(handle, index) == SQLITE_TEXT, "the column is a text")
        let start = sqlite3_column_text(handle, index)
        let count = Int(sqlite3_column_bytes(handle, index))
        return String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    }

    func blob(_ column: Int) -> [UInt8] {
        let index = checked(column)
        precondition(sqlite3_column_type(handle, index) == SQLITE_BLOB, "the column is a blob")
        let start = sqlite3_column_blob(handle, index)
        let count = Int(sqlite3_column_bytes(handle, index))
        return [UInt8](UnsafeRawBufferPointer(start: start, count: count))
    }

    func isNull(_ column: Int) -> Bool {
        sqlite3_column_type(handle, checked(column)) == SQLITE_NULL
    }

    var byteCount: Int {
        var count = 0
        for column in 0..<columnCount {
            switch sqlite3_column_type(handle, column) {
            case SQLITE_TEXT, SQLITE_BLOB: count += Int(sqlite3_column_bytes(handle, column))
            default: break
            }
        }
        return count
    }

    private func checked(_ column: Int) -> Int32 {
        let index = Int32(truncatingIfNeeded: column)
        precondition(index >= 0 && index < columnCount, "the query has the column")
        return index
    }
}
