/// A question for the messages that a service has put aside for an operator, newest first.
///
/// Every service's mailbox answers it, with the service's own messages.
public struct ListPutAside: Query {
    public typealias Reply = PutAsideList

    public static let wireName = "messaging.list-put-aside.v1"
    public static let service = ServiceName.settlement

    /// The service that is asked.
    public var receiver: ServiceName

    /// Only those of a state.
    public var state: PutAsideMessage.State?

    /// Which part: by the time of putting aside and then the number.
    public var page: PageRequest

    /// Creates a query.
    public init(receiver: ServiceName, state: PutAsideMessage.State? = nil, page: PageRequest) {
        self.receiver = receiver
        self.state = state
        self.page = page
    }
}

/// A page of the messages that a service has put aside.
public struct PutAsideList: Message {
    public static let wireName = "messaging.put-aside-list.v1"

    /// The messages, newest first.
    public var messages: [PutAsideMessage]

    /// Whether there are more.
    public var hasMore: Bool

    /// Creates a reply.
    public init(messages: [PutAsideMessage], hasMore: Bool) {
        self.messages = messages
        self.hasMore = hasMore
    }
}
