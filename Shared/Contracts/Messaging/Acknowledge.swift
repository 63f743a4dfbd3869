/// The receiver has committed, or has put aside, the messages of these identifiers.
///
/// Sent over the receiver's mailbox to the identity that sent them, after the commit.
public struct Acknowledge: Message {
    public static let wireName = "messaging.acknowledge.v1"

    /// A message that was put aside as a dead letter.
    public struct DeadLetter: Codable, Hashable, Sendable {
        /// The message's identifier, or an empty text when it could not be read.
        public var id: MessageReference.ID

        /// Why, in a sentence.
        public var reason: String

        /// Creates a dead letter's notice.
        public init(id: MessageReference.ID, reason: String) {
            self.id = id
            self.reason = reason
        }
    }

    /// The messages that took effect, now or before.
    public var ids: [MessageReference.ID]

    /// The messages that will never take effect.
    public var deadLetters: [DeadLetter]?

    /// Creates an acknowledgement.
    public init(ids: [MessageReference.ID], deadLetters: [DeadLetter]? = nil) {
        self.ids = ids
        self.deadLetters = deadLetters
    }
}
