public import Contracts

/// An order to the port that sends text messages.
public struct TextOrder: Message {
    public static let wireName = "port.text-order.v1"

    /// The message.
    public var text: TextMessage

    /// Creates an order.
    public init(
        text: TextMessage
    ) {
        self.text = text
    }
}
