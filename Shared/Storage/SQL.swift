/// A statement whose interpolated values are bound, never spliced into the text.
///
/// ```swift
/// try transaction.execute("DELETE FROM hold WHERE id = \(holdID)")
/// ```
///
/// The text has a `?` in place of each value. Statements are prepared once and cached by their
/// text, so a statement's text must come from a bounded set: never build it from data.
public struct SQL: ExpressibleByStringInterpolation, Sendable {
    /// The text with `?` in place of each value.
    package var text: String

    /// The bound values, in order.
    package var values: [Value]

    public init(stringLiteral text: String) {
        self.text = text
        values = []
    }

    public init(stringInterpolation: StringInterpolation) {
        text = stringInterpolation.text
        values = stringInterpolation.values
    }

    /// Joins two statements' texts and values with a space between.
    public static func + (lhs: SQL, rhs: SQL) -> SQL {
        var joined = lhs
        joined.text += " "
        joined.text += rhs.text
        joined.values += rhs.values
        return joined
    }
}

extension SQL {
    /// Collects the text and the values of a statement.
    public struct StringInterpolation: StringInterpolationProtocol {
        package var text: String
        package var values: [Value]

        public init(literalCapacity: Int, interpolationCount: Int) {
            text = ""
            text.reserveCapacity(literalCapacity + interpolationCount)
            values = []
            values.reserveCapacity(interpolationCount)
        }

        public mutating func appendLiteral(_ literal: String) {
            text += literal
        }

        public mutating func appendInterpolation(_ value: some ValueConvertible) {
            text += "?"
            values.append(value.value)
        }
    }
}
