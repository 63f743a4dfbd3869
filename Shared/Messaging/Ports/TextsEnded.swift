public import Contracts

/// What became of text messages, from the port that sends them.
public struct TextsEnded: Message {
    public static let wireName = "port.texts-ended.v1"

    /// The results.
    public var results: [TextResult]

    /// Creates what a port tells.
    public init(
        results: [TextResult]
    ) {
        self.results = results
    }
}
