/// A page of attempts.
public struct AttemptList: Message {
    public static let wireName = "settlement.attempt-list.v1"

    /// The attempts.
    public var attempts: [AttemptSnapshot]

    /// Where the list goes on, if it does.
    public var next: PagePosition?

    /// Creates a reply.
    public init(attempts: [AttemptSnapshot], next: PagePosition? = nil) {
        self.attempts = attempts
        self.next = next
    }
}
