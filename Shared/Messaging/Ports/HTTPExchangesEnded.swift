public import Contracts

/// What became of requests, from the port that speaks HTTP.
public struct HTTPExchangesEnded: Message {
    public static let wireName = "port.http-exchanges-ended.v1"

    /// The results.
    public var results: [HTTPExchangeResult]

    /// Creates what a port tells.
    public init(
        results: [HTTPExchangeResult]
    ) {
        self.results = results
    }
}
