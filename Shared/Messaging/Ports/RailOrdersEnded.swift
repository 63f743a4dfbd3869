public import Contracts

/// What became of orders, from the port of a rail.
public struct RailOrdersEnded: Message {
    public static let wireName = "port.rail-orders-ended.v1"

    /// The results.
    public var results: [RailResult]

    /// Creates a value.
    public init(results: [RailResult]) {
        self.results = results
    }
}
