public import Contracts

/// A value that both SQLite and PostgreSQL store.
///
/// There is no floating point: money is integral.
public enum Value: Hashable, Sendable {
    case null
    case integer(Int64)
    case text(String)
    case blob([UInt8])
}

/// A type that a statement can bind.
public protocol ValueConvertible {
    /// The value that is bound.
    var value: Value { get }
}

extension Int64: ValueConvertible {
    @inlinable public var value: Value { .integer(self) }
}

extension Int: ValueConvertible {
    @inlinable public var value: Value { .integer(Int64(self)) }
}

extension Bool: ValueConvertible {
    @inlinable public var value: Value { .integer(self ? 1 : 0) }
}

extension String: ValueConvertible {
    @inlinable public var value: Value { .text(self) }
}

extension [UInt8]: ValueConvertible {
    @inlinable public var value: Value { .blob(self) }
}

extension Optional: ValueConvertible where Wrapped: ValueConvertible {
    @inlinable public var value: Value { self?.value ?? .null }
}

extension Identifier: ValueConvertible {
    @inlinable public var value: Value { .text(rawValue) }
}

extension MinorUnits: ValueConvertible {
    @inlinable public var value: Value { .integer(rawValue) }
}

extension Timestamp: ValueConvertible {
    @inlinable public var value: Value { .integer(rawValue) }
}

extension Asset: ValueConvertible {
    @inlinable public var value: Value { .text(rawValue) }
}
