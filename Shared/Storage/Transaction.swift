/// One database transaction, alive for the duration of a closure.
///
/// It is noncopyable and only ever borrowed, so that no code can keep it longer.
public struct Transaction: ~Copyable {
    @usableFromInline package let connection: any Connection

    package init(on connection: any Connection) {
        self.connection = connection
    }

    /// Runs a statement and returns the number of rows that it changed.
    @discardableResult
    @inlinable
    public borrowing func execute(_ sql: SQL) throws(StorageError) -> Int {
        try connection.execute(sql)
    }

    /// Runs a query and makes a value of each row.
    @inlinable
    public borrowing func rows<Element>(
        _ sql: SQL,
        _ element: (borrowing Row) throws(StorageError) -> Element
    ) throws(StorageError) -> [Element] {
        var elements: [Element] = []
        try connection.query(sql) { row throws(StorageError) in
            elements.append(try element(row))
            return true
        }
        return elements
    }

    /// Runs a query for a page of a list: makes a value of each row, until there are `limit` of
    /// them, or until the next would take the page over a number of bytes.
    ///
    /// A single row that is larger is a page of its own. The query asks for one row more than the
    /// limit, so that the page can say whether there are more.
    @inlinable
    public borrowing func page<Element>(
        _ sql: SQL,
        limit: Int,
        bytes maximum: Int = 1 << 20,
        _ element: (borrowing Row) throws(StorageError) -> Element
    ) throws(StorageError) -> (elements: [Element], hasMore: Bool) {
        var elements: [Element] = []
        var bytes = 0
        var hasMore = false
        try connection.query(sql) { row throws(StorageError) in
            bytes += row.byteCount
            guard elements.count < limit, bytes <= maximum || elements.isEmpty else {
                hasMore = true
                return false
            }
            elements.append(try element(row))
            return true
        }
        return (elements, hasMore)
    }

    /// Runs a query and makes a value of its first row, or returns `nil` when there is none.
    @inlinable
    public borrowing func first<Element>(
        _ sql: SQL,
        _ element: (borrowing Row) throws(StorageError) -> Element
    ) throws(StorageError) -> Element? {
        var first: Element?
        try connection.query(sql) { row throws(StorageError) in
            first = try element(row)
            return false
        }
        return first
    }

    /// Whether a query has a row.
    @inlinable
    public borrowing func exists(_ sql: SQL) throws(StorageError) -> Bool {
        var exists = false
        try connection.query(sql) { _ throws(StorageError) in
            exists = true
            return false
        }
        return exists
    }
}

/// One connection to a database, used by one thread at a time.
@usableFromInline
package protocol Connection: AnyObject {
    /// Runs a statement and returns the number of rows that it changed.
    func execute(_ sql: SQL) throws(StorageError) -> Int

    /// Runs a query and hands each row to a closure until it returns `false`.
    func query(
        _ sql: SQL,
        _ body: (borrowing Row) throws(StorageError) -> Bool
    ) throws(StorageError)
}
