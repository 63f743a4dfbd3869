/// A page of deliveries.
public struct DeliveryList: Message {
    public static let wireName = "notifier.delivery-list.v1"

    /// The deliveries.
    public var deliveries: [DeliverySnapshot]

    /// Where the list goes on, if it does.
    public var next: PagePosition?

    /// Creates a reply.
    public init(
        deliveries: [DeliverySnapshot],
        next: PagePosition? = nil
    ) {
        self.deliveries = deliveries
        self.next = next
    }
}
