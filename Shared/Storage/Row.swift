public import Contracts

/// One row of a result, alive while it is read.
///
/// Columns are counted from 0 in the order of the query. Reading a row allocates nothing but the
/// values themselves.
public struct Row: ~Copyable {
    private let cursor: any Cursor

    package init(on cursor: any Cursor) {
        self.cursor = cursor
    }

    /// Returns an integer.
    ///
    /// - Precondition: The column exists and is an integer: the schema and the query agree.
    public borrowing func integer(_ column: Int) -> Int64 {
        cursor.integer(column)
    }

    /// Returns an integer, or `nil` for `NULL`.
    public borrowing func optionalInteger(_ column: Int) -> Int64? {
        cursor.isNull(column) ? nil : cursor.integer(column)
    }

    /// Returns a text.
    ///
    /// - Precondition: The column exists and is a text.
    public borrowing func text(_ column: Int) -> String {
        cursor.text(column)
    }

    /// Returns a text, or `nil` for `NULL`.
    public borrowing func optionalText(_ column: Int) -> String? {
        cursor.isNull(column) ? nil : cursor.text(column)
    }

    /// Returns bytes.
    ///
    /// - Precondition: The column exists and is a blob.
    public borrowing func blob(_ column: Int) -> [UInt8] {
        cursor.blob(column)
    }

    /// Returns bytes, or `nil` for `NULL`.
    public borrowing func optionalBlob(_ column: Int) -> [UInt8]? {
        cursor.isNull(column) ? nil : cursor.blob(column)
    }

    /// Whether a column is `NULL`.
    public borrowing func isNull(_ column: Int) -> Bool {
        cursor.isNull(column)
    }

    /// Returns whether an integer is not zero.
    public borrowing func boolean(_ column: Int) -> Bool {
        cursor.integer(column) != 0
    }

    /// Returns an identifier.
    public borrowing func identifier<Entity>(_ column: Int) -> Identifier<Entity> {
        Identifier(rawValue: cursor.text(column))
    }

    /// Returns an identifier, or `nil` for `NULL`.
    public borrowing func optionalIdentifier<Entity>(_ column: Int) -> Identifier<Entity>? {
        cursor.isNull(column) ? nil : Identifier(rawValue: cursor.text(column))
    }

    /// Returns a point in time.
    public borrowing func timestamp(_ column: Int) -> Timestamp {
        Timestamp(rawValue: cursor.integer(column))
    }

    /// Returns a point in time, or `nil` for `NULL`.
    public borrowing func optionalTimestamp(_ column: Int) -> Timestamp? {
        cursor.isNull(column) ? nil : Timestamp(rawValue: cursor.integer(column))
    }

    /// Returns an asset.
    ///
    /// - Precondition: The column holds the code of an asset that the platform keeps.
    public borrowing func asset(_ column: Int) -> Asset {
        guard let asset = Asset(rawValue: cursor.text(column)) else {
            preconditionFailure("column \(column) holds no known asset")
        }
        return asset
    }
}

/// The driver's side of a row.
package protocol Cursor: AnyObject {
    func integer(_ column: Int) -> Int64
    func text(_ column: Int) -> String
    func blob(_ column: Int) -> [UInt8]
    func isNull(_ column: Int) -> Bool
}
