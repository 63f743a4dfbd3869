import Storage

/// The prepared statements of one connection, found by their text.
///
/// The text is hashed eight bytes at a time, because it is long and comes from the program, so that
/// nobody can choose it to collide. When the cache is full, the statement that was unused for
/// longest leaves.
struct StatementCache {
    private var statements: [UInt64: Statement] = [:]
    private var uses: UInt64 = 0
    private let limit: Int

    init(limit: Int) {
        self.limit = limit
    }

    var count: Int {
        statements.count
    }

    /// Returns the statement of a text, unless it is missing or in use.
    mutating func statement(for sql: SQL, hash: UInt64) -> Statement? {
        guard let statement = statements[hash], !statement.isInUse, statement.sql.hasText(of: sql)
        else { return nil }
        uses &+= 1
        statement.lastUse = uses
        return statement
    }

    /// Keeps a statement, unless another one has its place.
    mutating func insert(_ statement: Statement, hash: UInt64) {
        guard statements[hash] == nil else { return }
        if statements.count >= limit,
            let oldest = statements.min(by: { $0.value.lastUse < $1.value.lastUse })
        {
            statements[oldest.key] = nil
        }
        uses &+= 1
        statement.lastUse = uses
        statements[hash] = statement
    }

    mutating func removeAll() {
        statements.removeAll()
    }
}

extension SQL {
    /// Whether the texts are equal, whatever the values.
    ///
    /// Two uses of one line of the program have the same literals at the same addresses, so that
    /// nothing but addresses is compared.
    func hasText(of other: SQL) -> Bool {
        guard head == other.head, parts.count == other.parts.count else { return false }
        for index in parts.indices
        where parts[index].following != other.parts[index].following {
            return false
        }
        return true
    }

    /// A hash of the text without the values.
    var textHash: UInt64 {
        var hash = UInt64(truncatingIfNeeded: parts.count)
        SQL.mix(head, into: &hash)
        for index in parts.indices {
            SQL.mix(parts[index].following, into: &hash)
        }
        return hash
    }

    private static func mix(_ text: String, into hash: inout UInt64) {
        var text = text
        hash = text.withUTF8 { bytes in
            let bytes = UnsafeRawBufferPointer(bytes)
            var hash = hash ^ UInt64(truncatingIfNeeded: bytes.count)
            var offset = 0
            while offset + 8 <= bytes.count {
                mix(bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self), into: &hash)
                offset += 8
            }
            var rest: UInt64 = 0
            while offset < bytes.count {
                rest = rest << 8 | UInt64(bytes[offset])
                offset += 1
            }
            mix(rest, into: &hash)
            return hash
        }
    }

    private static func mix(_ word: UInt64, into hash: inout UInt64) {
        hash = (hash ^ word) &* 0x9e37_79b9_7f4a_7c15
        hash ^= hash >> 32
    }
}
