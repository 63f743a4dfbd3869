public import Contracts

/// One row of a result, alive while it is read.
///
/// Columns are counted from 0 in the order of the query. Reading a row allocates nothing but the
/// values themselves.
public struct Row: ~Copyable {
    @usableFromInline package let cursor: any Cursor

    package init(on cursor: any Cursor) {
        self.cursor = cursor
    }

    /// The bytes of the row's texts and blobs.
    @inlinable
    public var byteCount: Int {
        cursor.byteCount
    }

    /// Returns an integer.
    ///
    /// - Precondition: The column exists and is an integer: the schema and the query agree.
    @inlinable
    public borrowing func integer(_ column: Int) -> Int64 {
        cursor.integer(column)
    }

    /// Returns an integer, or `nil` for `NULL`.
    @inlinable
    public borrowing func optionalInteger(_ column: Int) -> Int64? {
        cursor.isNull(column) ? nil : cursor.integer(column)
    }

    /// Returns a text.
    ///
    /// - Precondition: The column exists and is a text.
    @inlinable
    public borrowing func text(_ column: Int) -> String {
        cursor.text(column)
    }

    /// Returns a text, or `nil` for `NULL`.
    @inlinable
    public borrowing func optionalText(_ column: Int) -> String? {
        cursor.isNull(column) ? nil : cursor.text(column)
    }

    /// Returns bytes.
    ///
    /// - Precondition: The column exists and is a blob.
    @inlinable
    public borrowing func blob(_ column: Int) -> [UInt8] {
        cursor.blob(column)
    }

    /// Returns bytes, or `nil` for `NULL`.
    @inlinable
    public borrowing func optionalBlob(_ column: Int) -> [UInt8]? {
        cursor.isNull(column) ? nil : cursor.blob(column)
    }

    /// Whether a column is `NULL`.
    @inlinable
    public borrowing func isNull(_ column: Int) -> Bool {
        cursor.isNull(column)
    }

    /// Returns whether an integer is not zero.
    @inlinable
    public borrowing func boolean(_ column: Int) -> Bool {
        cursor.integer(column) != 0
    }

    /// Returns an identifier.
    @inlinable
    public borrowing func identifier<Entity>(_ column: Int) -> Identifier<Entity> {
        Identifier(rawValue: cursor.text(column))
    }

    /// Returns an identifier, or `nil` for `NULL`.
    @inlinable
    public borrowing func optionalIdentifier<Entity>(_ column: Int) -> Identifier<Entity>? {
        cursor.isNull(column) ? nil : Identifier(rawValue: cursor.text(column))
    }

    /// Returns an amount.
    @inlinable
    public borrowing func minorUnits(_ column: Int) -> MinorUnits {
        MinorUnits(rawValue: cursor.integer(column))
    }

    /// Returns an amount, or `nil` for `NULL`.
    @inlinable
    public borrowing func optionalMinorUnits(_ column: Int) -> MinorUnits? {
        cursor.isNull(column) ? nil : MinorUnits(rawValue: cursor.integer(column))
    }

    /// Returns a point in time.
    @inlinable
    public borrowing func timestamp(_ column: Int) -> Timestamp {
        Timestamp(rawValue: cursor.integer(column))
    }

    /// Returns a point in time, or `nil` for `NULL`.
    @inlinable
    public borrowing func optionalTimestamp(_ column: Int) -> Timestamp? {
        cursor.isNull(column) ? nil : Timestamp(rawValue: cursor.integer(column))
    }

    /// Returns an asset.
    ///
    /// - Precondition: The column holds the code of an asset that the platform keeps.
    @inlinable
    public borrowing func asset(_ column: Int) -> Asset {
        guard let asset = Asset(rawValue: cursor.text(column)) else {
            preconditionFailure("column \(column) holds no known asset")
        }
        return asset
    }
}

/// The driver's side of a row.
@usableFromInline
package protocol Cursor: AnyObject {
    func integer(_ column: Int) -> Int64
    func text(_ column: Int) -> String
    func blob(_ column: Int) -> [UInt8]
    func isNull(_ column: Int) -> Bool
    var byteCount: Int { get }
}
