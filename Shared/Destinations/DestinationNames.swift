public import Contracts

/// What a destination, or an entry of a list, is compared by.
public struct DestinationNames: Hashable, Sendable {
    /// What it is.
    public var certain: [Destination]

    /// What it may be, because a server may read its text so: enough to be blocked for, and not to
    /// be allowed for.
    public var inDoubt: [Destination]

    init(certain: [Destination] = [], inDoubt: [Destination] = []) {
        self.certain = certain
        self.inDoubt = inDoubt
    }
}
