/// A command to send text messages to phones.
///
/// Each is sent at least once; a known identifier is not sent again.
public struct SendTexts: Command {
    public static let wireName = "notifier.send-texts.v1"
    /// A text tells of money and moves none.
    public static let isForOperator = false

    /// The messages.
    public var texts: [TextMessage]

    /// Creates a command.
    public init(
        texts: [TextMessage]
    ) {
        self.texts = texts
    }
}

extension SendTexts: MergeableMessage {
    public var itemCount: Int { texts.count }

    public mutating func merge(_ other: SendTexts) {
        texts += other.texts
    }

    public func slice(_ range: Range<Int>) -> SendTexts {
        SendTexts(texts: Array(texts[range]))
    }
}
