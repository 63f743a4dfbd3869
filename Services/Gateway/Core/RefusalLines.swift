/// How many refusals get a line of the log: each one, unless they are a flood.
///
/// A flood would fill the disk. What was left out is counted, and told with the next line.
public struct RefusalLines: Sendable {
    /// The most lines in a second of refusals to whom nobody knows, and to keys.
    private static let mostOfNobody = 20
    private static let mostOfKeys = 200

    private var second: Int64 = 0
    private var ofNobody = 0
    private var ofKeys = 0
    private var leftOut = 0

    /// Creates a count that has seen nothing.
    public init() {}

    /// Counts a refusal in a second, and says whether it gets a line.
    public mutating func take(hasKey: Bool, at second: Int64) -> Bool {
        if second != self.second {
            self.second = second
            ofNobody = 0
            ofKeys = 0
        }
        let isWritten = hasKey ? ofKeys < Self.mostOfKeys : ofNobody < Self.mostOfNobody
        guard isWritten else {
            leftOut += 1
            return false
        }
        if hasKey { ofKeys += 1 } else { ofNobody += 1 }
        return true
    }

    /// The number of refusals that got no line and were not told yet, once the flood's second is
    /// over; 0 most of the time.
    public mutating func takeLeftOut(at second: Int64) -> Int {
        guard second != self.second else { return 0 }
        defer { leftOut = 0 }
        return leftOut
    }
}
