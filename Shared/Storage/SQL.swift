/// A statement whose interpolated values are bound, never spliced into the text.
///
/// ```swift
/// try transaction.execute("DELETE FROM hold WHERE id = \(holdID)")
/// ```
///
/// The text has a `?` in place of each value. Statements are prepared once and cached by their
/// text, so a statement's text must come from a bounded set: never build it from data.
public struct SQL: ExpressibleByStringInterpolation, Sendable {
    /// A bound value and the text that follows it.
    package struct Part: Sendable {
        package var value: Value
        package var following: String

        package init(value: Value, following: String) {
            self.value = value
            self.following = following
        }
    }

    /// The text before the first value.
    ///
    /// The pieces are not joined when a statement is written, because a driver that has it
    /// prepared never needs the text as a whole.
    package var head: String

    /// The bound values, in order, each with the text that follows it.
    package var parts: [Part]

    public init(stringLiteral text: String) {
        head = text
        parts = []
    }

    public init(stringInterpolation: StringInterpolation) {
        head = stringInterpolation.head
        parts = stringInterpolation.parts
    }

    /// The text with `?` in place of each value.
    package var text: String {
        var text = head
        for part in parts {
            text += "?"
            text += part.following
        }
        return text
    }

    /// The bound values, in order.
    package var values: [Value] {
        parts.map(\.value)
    }

    /// Joins two statements' texts and values with a space between.
    public static func + (lhs: SQL, rhs: SQL) -> SQL {
        var joined = lhs
        if joined.parts.isEmpty {
            joined.head += " " + rhs.head
        } else {
            joined.parts[joined.parts.count - 1].following += " " + rhs.head
        }
        joined.parts += rhs.parts
        return joined
    }
}

extension SQL {
    /// Collects the text and the values of a statement.
    public struct StringInterpolation: StringInterpolationProtocol {
        package var head = ""
        package var parts: [Part] = []

        public init(literalCapacity: Int, interpolationCount: Int) {
            parts.reserveCapacity(interpolationCount)
        }

        public mutating func appendLiteral(_ literal: String) {
            if parts.isEmpty {
                head = head.isEmpty ? literal : head + literal
            } else {
                let following = parts[parts.count - 1].following
                parts[parts.count - 1].following =
                    following.isEmpty ? literal : following + literal
            }
        }

        @inlinable
        public mutating func appendInterpolation(_ value: some ValueConvertible) {
            append(value.value)
        }

        /// Binds `NULL` for `nil`.
        @inlinable
        public mutating func appendInterpolation(_ value: (some ValueConvertible)?) {
            append(value?.value ?? .null)
        }

        @usableFromInline
        mutating func append(_ value: Value) {
            parts.append(Part(value: value, following: ""))
        }
    }
}
