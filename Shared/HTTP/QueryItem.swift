/// One parameter of a query, decoded.
public struct QueryItem: Hashable, Sendable {
    /// The name before the first equals sign.
    public let name: String

    /// The value after it; empty when there is no equals sign.
    public let value: String

    /// Makes a parameter.
    public init(name: String, value: String) {
        self.name = name
        self.value = value
    }
}
