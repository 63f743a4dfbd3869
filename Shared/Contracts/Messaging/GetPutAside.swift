/// A question for one message that a service has put aside, with its content.
public struct GetPutAside: Query {
    public typealias Reply = PutAsideReply

    public static let wireName = "messaging.get-put-aside.v1"
    public static let service = ServiceName.settlement

    /// The service that is asked.
    public var receiver: ServiceName

    /// The number within the service.
    public var number: Int64

    /// Creates a query.
    public init(receiver: ServiceName, number: Int64) {
        self.receiver = receiver
        self.number = number
    }
}

/// A message that a service has put aside, as it is now.
public struct PutAsideReply: Message {
    public static let wireName = "messaging.put-aside-reply.v1"

    /// The message.
    public var message: PutAsideMessage

    /// The envelope as it came, or the first MiB of it; only when it was asked for.
    public var envelope: String?

    /// Creates a reply.
    public init(message: PutAsideMessage, envelope: String? = nil) {
        self.message = message
        self.envelope = envelope
    }
}
