/// The values that a path gave to the parameters of its route's pattern.
public struct PathParameters: Sendable {
    private let names: [String]
    /// The values in the order of the path.
    public let values: [String]

    init(names: [String], values: [String]) {
        self.names = names
        self.values = values
    }

    /// The decoded value of a parameter, never empty.
    ///
    /// The name must be one of the pattern's.
    public subscript(name: String) -> String {
        guard let index = names.firstIndex(of: name) else {
            preconditionFailure("the route has no parameter \(name)")
        }
        return values[index]
    }

    /// Reads the value of a parameter as a type, or `nil` when the text is not one of it.
    ///
    /// The name must be one of the pattern's.
    public func value<Value: LosslessStringConvertible>(
        _ name: String,
        as type: Value.Type = Value.self
    ) -> Value? {
        Value(self[name])
    }
}
