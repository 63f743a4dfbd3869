import Contracts
import JSON

extension JSONValue {
    /// A number of minor units as an integer.
    static func minorUnits(_ amount: MinorUnits) -> JSONValue { .integer(amount.rawValue) }
}
