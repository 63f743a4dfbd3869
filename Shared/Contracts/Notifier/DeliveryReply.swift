/// A delivery.
public struct DeliveryReply: Message {
    public static let wireName = "notifier.delivery-reply.v1"

    /// The delivery.
    public var delivery: DeliverySnapshot

    /// Creates a reply.
    public init(
        delivery: DeliverySnapshot
    ) {
        self.delivery = delivery
    }
}
